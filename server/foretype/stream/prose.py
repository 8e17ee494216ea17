"""Sentences that a chat model writes around the code it was asked for."""

from __future__ import annotations

import re

PREAMBLE_STARTS = (
    "here is", "here's", "here are", "here’s", "sure", "certainly", "of course", "absolutely", "below is",
    "the completed", "the completion", "the following", "the missing", "the updated", "the code",
    "to complete", "based on", "okay, ", "ok, ", "i've ", "i have ", "i will ", "i'll ",
    "this completes", "you can ",
)  # fmt: skip
LONGEST_PREAMBLE = 300
EXPLANATION = re.compile(
    r"(?:\*\*|#+ )?(?:explanation|note(?: that)?|this (?:code|function|method|implementation|completes|will|"
    r"ensures|is|line|loop|snippet|completion|adds|returns|checks|creates)|the (?:above|code|function|method|"
    r"missing|completed)|in this|i've|i have|i hope|let me|please|you can|here|hope|make sure|remember)\b",
    re.IGNORECASE,
)
ABOUT_CODE = re.compile(r"\b(?:code|completed|completion|snippet|html|xml|markup)\b", re.IGNORECASE)
CODE = re.compile(r"[={};]|\)\s*[:{;]?$|^\W*(?:#|//|--|/\*)|->|::")


def may_become_preamble(start: str) -> bool:
    """Whether a line that begins so may turn out to introduce the code rather than be it."""
    if len(start) > LONGEST_PREAMBLE:
        return False
    lowered = start.lower()
    return any(lowered.startswith(opening) or opening.startswith(lowered) for opening in PREAMBLE_STARTS)


def is_about_code(line: str) -> bool:
    """Whether a sentence names what it introduces, as no page's own text would."""
    return ABOUT_CODE.search(line) is not None


def is_preamble(line: str) -> bool:
    """A sentence such as `Here is the completed function:`."""
    sentence = line.strip().lower()
    if not sentence.startswith(PREAMBLE_STARTS) or len(sentence) > LONGEST_PREAMBLE:
        return False
    return sentence[-1] in ":.!" and not CODE.search(sentence)


def is_explanation(line: str) -> bool:
    """A sentence such as `This function returns the sum of its arguments.`"""
    sentence = line.strip()
    return (
        len(sentence.split(None, 4)) > 3
        and EXPLANATION.match(sentence) is not None
        and sentence[-1] in ".:!?"
        and not CODE.search(sentence.replace("`", ""))
    ) or sentence.lower().strip("*#: ") == "explanation"
