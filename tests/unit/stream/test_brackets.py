"""Brackets and strings as each language writes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.stream.brackets import WINDOW_CHARACTERS, scan, scan_behind

PIECES = (
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    '"',
    "'",
    "`",
    '"""',
    "\\",
    "#",
    "//",
    "/*",
    "*/",
    "\n",
    "a",
    " ",
    "'x",
)
TEXTS = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@pytest.mark.parametrize(
    ("language", "text", "opened", "unopened"),
    [
        ("python", "f(a[0], {1: (2)})", "", ""),
        ("python", "f(a[0", "([", ""),
        ("python", "x)]", "", ")]"),
        ("python", "(]", "(", "]"),
        ("python", "f(')')  # )", "", ""),
        ("python", '"""\n)\n""" + (', "(", ""),
        ("python", r"f('\')')", "", ""),
        ("typescript", "`)${x}\n(` + f(", "(", ""),
        ("typescript", "a /* ( */ // (\n{", "{", ""),
        ("go", "`raw \\` + f(", "", ""),
        ("rust", "fn f<'a>(x: &'a str) -> char { '(' }", "", ""),
        ("rust", "match c { ')' => (", "{(", ""),
        ("c", "case '\\'': f(", "(", ""),
        ("html", "It's (fine", "(", ""),
        ("nobody-knows", "don't (worry)", "", ""),
    ],
)
def test_what_is_left_open_and_what_closes_nothing(
    language: str, text: str, opened: str, unopened: str
) -> None:
    reading = scan(text, language)
    assert "".join(bracket for _, bracket in reading.opened) == opened
    assert "".join(bracket for _, bracket in reading.unopened) == unopened


@pytest.mark.parametrize(
    ("language", "text", "string", "in_comment"),
    [
        ("python", "x = 'abc", "'", False),
        ("python", "x = 'abc'", "", False),
        ("python", "x = 'abc\n", "", False),
        ("python", 'x = """a\nb', '"""', False),
        ("python", "x = 1  # and", "", True),
        ("typescript", "x = `a\n", "`", False),
        ("c", "int x; /* and\n", "", True),
        ("c", "int x; /* and */ y", "", False),
        ("java", 'String s = """\n  text', '"""', False),
    ],
)
def test_where_a_text_ends(language: str, text: str, string: str, in_comment: bool) -> None:
    reading = scan(text, language)
    assert (reading.string, reading.in_comment) == (string, in_comment)


def test_a_text_that_begins_inside_a_string() -> None:
    reading = scan('a ( b") + (c)', "python", string='"')
    assert reading.unopened == ((5, '"'), (6, ")"))
    assert reading.pairs == ((10, 12),)


def test_the_work_is_bounded() -> None:
    assert len(scan("(" * (WINDOW_CHARACTERS + 1), "python").opened) == WINDOW_CHARACTERS


@given(TEXTS, TEXTS, st.sampled_from(["python", "typescript", "go", "rust", "c", "html", "nobody-knows"]))
def test_a_line_is_read_as_if_the_lines_above_were_read_with_it(above: str, line: str, language: str) -> None:
    above, line = above + "\n", line.replace("\n", " ")
    assert scan_behind(above, line, language) == scan(above + line, language)
