"""A line of a million characters costs no rule more than a look at each of them.

The work is counted, not timed: every line of Python that a rule runs is one step.
"""

from __future__ import annotations

import sys
from types import FrameType

import pytest

from foretype.postprocess import CLEANERS, Cleaner, clean
from foretype.stream.cursor import Cursor

MILLION = 1_000_000
STEPS = 500_000
LINES = {
    "letters": "x" * MILLION,
    "blanks": " " * MILLION,
    "brackets": "(" * MILLION,
    "closers": ")" * MILLION,
    "quotes": "\"'" * (MILLION // 2),
    "escapes": '\\"' * (MILLION // 2),
    "fences": "`" * MILLION,
    "angles": "<|" * (MILLION // 2),
    "words": "value, " * (MILLION // 7),
    "blank lines": "\n" * MILLION,
}


def steps_of(cleaner: Cleaner, text: str, cursor: Cursor) -> int:
    steps = 0

    def count(frame: FrameType, event: str, argument: object) -> object:
        nonlocal steps
        steps += 1
        return count

    sys.settrace(count)  # type: ignore[arg-type]  # the stubs want a protocol that no function can meet
    try:
        cleaner(text, cursor)
    finally:
        sys.settrace(None)
    return steps


@pytest.mark.parametrize("name", LINES)
@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda cleaner: cleaner.__name__)
def test_a_long_line_in_the_document_is_not_walked_through(cleaner: Cleaner, name: str) -> None:
    line = LINES[name].replace("\n", " ")
    cursor = Cursor(before=line, after=line, above=(line,), below=(line,), language="python")
    assert steps_of(cleaner, "value)", cursor) < STEPS


@pytest.mark.parametrize("name", LINES)
def test_a_long_answer_is_cut_before_it_costs_anything(name: str) -> None:
    cursor = Cursor(before="    ", language="python", multiline=True)
    assert steps_of(clean, LINES[name], cursor) < STEPS  # type: ignore[arg-type]  # counted, not used
