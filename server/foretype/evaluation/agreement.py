"""How often an answer stays the same if the text behind the cursor is moved as one types, not read again."""

from __future__ import annotations

import statistics
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.evaluation.holes import Hole
    from foretype.predictor.building import SourceFile

ANSWER_TOKENS = 16
KEYS_AT_ONCE = 3


@dataclass(frozen=True)
class Said:
    """What was written at a hole, and how much was moved for it."""

    text: str
    moved: int


Ask = Callable[[str, str, int, bool], Awaitable[Said]]
"""Asks with a prefix, a suffix, so many tokens at most, and whether the suffix may be moved."""


@dataclass(frozen=True)
class Pair:
    """One hole answered both ways."""

    is_first_same: bool
    is_answer_same: bool
    exact_s: float
    moved_s: float


@dataclass(frozen=True)
class Agreed:
    """All pairs counted; shares between 0 and 1, medians of a key in milliseconds."""

    holes: int
    same_first: float
    same_answer: float
    exact_ms: float
    moved_ms: float


async def compared(ask: Ask, file: SourceFile, hole: Hole) -> Pair | None:
    """Type the hole's line from its indentation on, as moved as it would be, and then answer exactly too.

    None where nothing was moved: there was nothing typed, too little behind it, or too much typed.
    """
    lines = file.text.splitlines()
    above = "".join(f"{line}\n" for line in lines[: hole.line])
    line = lines[hole.line]
    below = "".join(f"\n{line}" for line in lines[hole.line + 1 :])
    begun = len(line) - len(line.lstrip())
    if hole.column <= begun:
        return None
    await ask(above + line[:begun], below, 1, False)
    moved_s = 0.0
    first = Said("", 0)
    for column in (*range(begun + KEYS_AT_ONCE, hole.column, KEYS_AT_ONCE), hole.column):
        began = perf_counter()
        first = await ask(above + line[:column], below, 1, True)
        moved_s = perf_counter() - began
    answer = await ask(above + line[: hole.column], below, ANSWER_TOKENS, True)
    if not first.moved:
        return None
    await ask(above + line[: hole.column - 1], below, 1, False)
    began = perf_counter()
    exact_first = await ask(above + line[: hole.column], below, 1, False)
    exact_s = perf_counter() - began
    exact = await ask(above + line[: hole.column], below, ANSWER_TOKENS, False)
    return Pair(first.text == exact_first.text, answer.text == exact.text, exact_s, moved_s)


def agreed(pairs: Sequence[Pair]) -> Agreed:
    """Count the pairs of one run."""
    if not pairs:
        return Agreed(0, 0.0, 0.0, 0.0, 0.0)
    return Agreed(
        holes=len(pairs),
        same_first=statistics.fmean(pair.is_first_same for pair in pairs),
        same_answer=statistics.fmean(pair.is_answer_same for pair in pairs),
        exact_ms=statistics.median(pair.exact_s for pair in pairs) * 1000,
        moved_ms=statistics.median(pair.moved_s for pair in pairs) * 1000,
    )
