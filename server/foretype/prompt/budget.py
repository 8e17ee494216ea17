"""Cuts what surrounds the cursor down to what a model reads, in whole lines and without a jumping edge."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.prompt.asked import Chunk
    from foretype.prompt.hole import Hole

MOST_PROMPT_TOKENS = 2048

_STEP_LINES = 32
_STEP_CHARACTERS = 512
_STEP_TOKENS = 256
_SUFFIX_SHARE = 0.3
_CHUNK_SHARE = 0.4
_MOST_CHARACTERS_PER_TOKEN = 4


@dataclass(frozen=True)
class TokenCost:
    """An estimate on the safe side: code is dense, and other scripts take a token a character or more."""

    ascii_characters_per_token: float = 3.0

    def of(self, text: str) -> int:
        beyond_ascii = 0 if text.isascii() else sum(character > "\x7f" for character in text)
        return math.ceil((len(text) - beyond_ascii) / self.ascii_characters_per_token) + beyond_ascii


def within(hole: Hole, max_tokens: int, cost: TokenCost | None = None) -> Hole:
    """The hole with as much around it as the budget allows; other files get what the code leaves."""
    cost = cost or TokenCost()
    suffix = head_within(hole.suffix, int(max_tokens * _SUFFIX_SHARE), cost)
    left = max_tokens - cost.of(suffix)
    for_prefix = math.ceil(cost.of(last_part(hole.prefix, left)) / _STEP_TOKENS) * _STEP_TOKENS
    chunks = chunks_within(hole.chunks, max(int(left * _CHUNK_SHARE), left - for_prefix), cost)
    left -= sum(cost_of_chunk(chunk, cost) for chunk in chunks)
    return replace(hole, prefix=tail_within(hole.prefix, left, cost), suffix=suffix, chunks=chunks)


def chunks_within(chunks: tuple[Chunk, ...], max_tokens: int, cost: TokenCost) -> tuple[Chunk, ...]:
    """The chunks that fit, whole and in their order; one that does not fit is left out."""
    kept = []
    for chunk in chunks:
        price = cost_of_chunk(chunk, cost)
        if price <= max_tokens:
            kept.append(chunk)
            max_tokens -= price
    return tuple(kept)


def cost_of_chunk(chunk: Chunk, cost: TokenCost) -> int:
    return cost.of(chunk.path) + cost.of(chunk.text) + 2


def head_within(text: str, max_tokens: int, cost: TokenCost) -> str:
    """The first whole lines that fit; of a first line too long, its beginning."""
    text = text[: max(0, max_tokens) * _MOST_CHARACTERS_PER_TOKEN]
    kept, left = 0, max_tokens
    for line in lines_of(text):
        left -= cost.of(line)
        if left < 0:
            break
        kept += len(line)
    return text[:kept] or beginning_within(text, max_tokens, cost)


def tail_within(text: str, max_tokens: int, cost: TokenCost) -> str:
    """The last whole lines that fit, from a line whose number in the file is a multiple of a step.

    While one types, such an edge stays where it is, and what a server has cached stays of use.
    """
    end = last_part(text, max_tokens)
    if len(end) == len(text) and cost.of(text) <= max_tokens:
        return text
    lines, kept, left = lines_of(end), 0, max_tokens
    for line in reversed(lines):
        left -= cost.of(line)
        if left < 0:
            break
        kept += 1
    if kept == 0:
        return end_of_line_within(end, len(text) - len(end), max_tokens, cost)
    lines_before = text.count("\n") + (not text.endswith("\n")) - kept
    return "".join(lines[len(lines) - kept + to_next_step(lines_before, kept, _STEP_LINES) :])


def end_of_line_within(line: str, column: int, max_tokens: int, cost: TokenCost) -> str:
    """The end of a line that is too long by itself, from a column that is a multiple of a step."""
    keep = len(line)
    while keep and cost.of(line[-keep:]) > max_tokens:
        keep = keep * 3 // 4
    start = len(line) - keep
    return line[start + to_next_step(column + start, keep, _STEP_CHARACTERS) :] if keep else ""


def to_next_step(position: int, kept: int, step: int) -> int:
    """How far to the next multiple of the step, which is made smaller until at least half is kept."""
    while step > 1 and step > kept // 2:
        step //= 2
    return -position % step


def beginning_within(text: str, max_tokens: int, cost: TokenCost) -> str:
    while text and cost.of(text) > max_tokens:
        text = text[: len(text) * 3 // 4]
    return text


def last_part(text: str, max_tokens: int) -> str:
    """A tail that surely holds all that fits."""
    characters = max(0, max_tokens) * _MOST_CHARACTERS_PER_TOKEN
    return text[-characters:] if characters else ""


def lines_of(text: str) -> list[str]:
    """Lines with their ends, a line ending at a line feed and nowhere else."""
    pieces = text.split("\n")
    lines = [piece + "\n" for piece in pieces[:-1]]
    return [*lines, pieces[-1]] if pieces[-1] else lines


def prompt_tokens_for(context_tokens: int | None, answer_tokens: int) -> int:
    """How long a completion's prompt may be: as long as pays, or what the model reads less its answer."""
    if context_tokens is None:
        return MOST_PROMPT_TOKENS
    return max(_STEP_TOKENS, min(MOST_PROMPT_TOKENS, context_tokens - answer_tokens))
