"""Words that a model reads as control tokens must not reach it from the user's code."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from foretype.prompt.asked import Chunk

if TYPE_CHECKING:
    from foretype.prompt.hole import Hole

# What chat templates are made of, for models whose family is not known.
CHAT_CONTROL: tuple[str, ...] = (
    "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<|eot_id|>", "<|start_header_id|>",
    "<|end_header_id|>", "<|begin_of_text|>", "<|end_of_text|>", "<start_of_turn>", "<end_of_turn>",
    "[INST]", "[/INST]", "<|user|>", "<|assistant|>", "<|system|>", "<|end|>", "<|start|>",
    "<|channel|>", "<|message|>", "<|return|>", "<\uff5cUser\uff5c>", "<\uff5cAssistant\uff5c>",
    "<\uff5cend\u2581of\u2581sentence\uff5c>", "<\uff5cbegin\u2581of\u2581sentence\uff5c>",
)  # fmt: skip


@dataclass(frozen=True)
class TokenInCode:
    """Why a hole cannot be asked about: its own code holds a control token."""

    token: str
    place: str


def guarded(control: Iterable[str], hole: Hole) -> Hole | TokenInCode:
    """The hole with such words broken in what is only context; refused where they are the code itself."""
    pattern = any_of(control)
    for place, text in (("prefix", hole.prefix), ("suffix", hole.suffix)):
        found = pattern.search(text)
        if found:
            return TokenInCode(found.group(), place)
    return replace(
        hole,
        path=broken(pattern, hole.path),
        repository=broken(pattern, hole.repository),
        language=broken(pattern, hole.language),
        chunks=tuple(
            Chunk(broken(pattern, chunk.path), broken(pattern, chunk.text)) for chunk in hole.chunks
        ),
    )


def broken(pattern: re.Pattern[str], text: str) -> str:
    """Sets a space after the first character of each such word, which is all it takes."""
    while pattern.search(text):
        text = pattern.sub(lambda found: f"{found.group()[0]} {found.group()[1:]}", text)
    return text


def any_of(control: Iterable[str]) -> re.Pattern[str]:
    """What finds any of these words; nothing, where there are none."""
    longest_first = sorted(control, key=len, reverse=True)
    return re.compile("|".join(re.escape(token) for token in longest_first) or r"(?!)")
