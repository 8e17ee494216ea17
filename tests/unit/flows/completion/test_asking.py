"""The hole at a cursor, and what a model is asked about it."""

from __future__ import annotations

import pytest

from foretype.backends.ladder import Rung
from foretype.flows.completion.asking import (
    LINES_AFTER,
    LINES_BEFORE,
    MOST_STOPS,
    STEP_LINES,
    hole_at,
    request_for,
)
from foretype.flows.completion.writer import Order
from foretype.prompt.hole import Hole
from foretype.stream.cursor import Cursor

from unit.flows.completion.scripted import LONG, at, typed

QWEN = "Qwen/Qwen2.5-Coder-7B"


@pytest.mark.parametrize(
    ("marked", "prefix", "suffix"),
    [
        ("f(█)", "f(", ")"),
        ("a\nf(█)\nlast", "a\nf(", ")\nlast"),
        ("a\r\nb█\r\n", "a\r\nb", "\r\n"),
        ("█", "", ""),
    ],
)
def test_a_short_document_is_whole(marked: str, prefix: str, suffix: str) -> None:
    hole = hole_at(at(marked))
    assert (hole.prefix, hole.suffix) == (prefix, suffix)


def test_a_hole_knows_its_file() -> None:
    assert (hole_at(at("█")).path, hole_at(at("█", "go")).language) == ("a.py", "go")
    assert hole_at(at("█", uri="untitled:Untitled-1")).path == "untitled"


def test_a_long_document_is_cut_at_lines_that_stay_where_they_are_while_one_types() -> None:
    """What a server has cached of the prompt is of use as long as the prompt begins at the same line."""
    firsts = []
    here = at(LONG + "█\n" + LONG)
    for _ in range(3 * STEP_LINES):
        hole = hole_at(here)
        firsts.append(int(hole.prefix.split("\n", 1)[0].removeprefix("line ")))
        assert LINES_BEFORE <= hole.prefix.count("\n") < LINES_BEFORE + STEP_LINES
        assert hole.suffix.count("\n") == LINES_AFTER
        here = typed(here, "x\n")
    assert {first % STEP_LINES for first in firsts} == {0}
    assert len(set(firsts)) in (3, 4)


@pytest.mark.parametrize("rung", [Rung.TEXT, Rung.HOLE, Rung.BEGUN_CHAT, Rung.CHAT])
@pytest.mark.parametrize("multiline", [True, False])
def test_a_line_ends_the_answer_where_only_a_line_is_wanted(rung: Rung, multiline: bool) -> None:
    """In a conversation it does not: there a first line may be a fence, or blank."""
    order = Order(at("█"), Cursor(multiline=multiline), max_tokens=64, deadline_s=2.0)
    request = request_for(rung, QWEN, Hole("a = ", "\n"), order)
    assert request is not None
    assert ("\n" in request.stop) == (not multiline and rung in (Rung.TEXT, Rung.HOLE))
    assert len(request.stop) <= MOST_STOPS
