"""A cursor in a document, and the manners it finds there."""

from __future__ import annotations

import pytest

from foretype.stream.cursor import WINDOW_LINES, cursor_at, indent_unit_of


def test_the_text_around_the_cursor() -> None:
    cursor = cursor_at(["def f():", "    return x", "", "f()"], 1, 11, "python")
    assert (cursor.before, cursor.after) == ("    return ", "x")
    assert (cursor.previous_line, cursor.next_line) == ("def f():", "f()")


def test_a_cursor_behind_the_last_line() -> None:
    cursor = cursor_at(["x = 1"], 1, 0, "python")
    assert (cursor.above, cursor.before, cursor.after, cursor.below) == (("x = 1",), "", "", ())


def test_far_lines_are_left_out() -> None:
    cursor = cursor_at(["x"] * 100_000, 50_000, 0, "python")
    assert len(cursor.above) == len(cursor.below) == WINDOW_LINES


def test_reading_begins_at_the_margin() -> None:
    lines = ['    """A string of many lines', *["    more"] * 150, '    """', "def f():", *["    pass"] * 100]
    cursor = cursor_at(lines, 220, 4, "python")
    assert cursor.above[0] == "def f():"
    assert not cursor.in_words


@pytest.mark.parametrize(
    ("lines", "language", "unit"),
    [
        (["def f():", "    if x:", "        pass"], "python", "    "),
        (["a:", "  b:", "    c: 1"], "yaml", "  "),
        (["func f() {", "\tif x {", "\t\treturn", "\t}", "}"], "go", "\t"),
        (["/**", " * A comment's stars", " * are no indentation.", " */"], "java", "    "),
        (["{", '   "a": {', '      "b": 1'], "json", "   "),
        (["function f() {", "\treturn 1;", "}"], "typescript", "\t"),
        ([], "go", "\t"),
        ([], "typescript", "  "),
        ([], "nobody-knows", "    "),
    ],
)
def test_one_step_of_indentation(lines: list[str], language: str, unit: str) -> None:
    assert indent_unit_of(lines, language) == unit
