"""Which lines an edit is about, where nothing or only a part of a line is selected."""

from __future__ import annotations

import pytest

from foretype.documents.document import Document
from foretype.documents.encoding import Encoding
from foretype.documents.text import Text
from foretype.flows.acting.marker import marker_in, todo_in
from foretype.flows.editing.region import Region, numbered, selected

PYTHON = """\
import os

@cache
def one(x):
    if x:
        a()
        b()
    else:
        c()

    return x


class Two:
    def three(self):
        return 3
"""
TYPESCRIPT = """\
const a = 1;
const b = 2;

function f() {
  if (a) {
    g();
  } else if (b) {
    h();
  }
}
"""


def document(text: str, language: str) -> Document:
    return Document("file:///a", "file:///a", language, 1, Text.of(text), Encoding.UTF_32)


def marked(text: str, language: str) -> tuple[Document, Region]:
    """A document with its cursor or selection taken out, and the region that they mean."""
    places = [Text.of(text.replace("█", "")).place(at) for at in ends_of(text)]
    doc = document(text.replace("█", ""), language)
    return doc, selected(doc, places[0], places[-1])


def ends_of(text: str) -> list[int]:
    ends = [at - number for number, at in enumerate(at for at, c in enumerate(text) if c == "█")]
    assert 1 <= len(ends) <= 2
    return ends


@pytest.mark.parametrize(
    ("language", "text", "line", "first", "last"),
    [
        ("python", PYTHON, 0, 0, 0),
        ("python", PYTHON, 3, 2, 10),
        ("python", PYTHON, 4, 4, 8),
        ("python", PYTHON, 6, 4, 8),
        ("python", PYTHON, 7, 4, 8),
        ("python", PYTHON, 8, 7, 8),
        ("python", PYTHON, 10, 2, 10),
        ("python", PYTHON, 13, 13, 15),
        ("python", PYTHON, 15, 14, 15),
        ("typescript", TYPESCRIPT, 1, 0, 1),
        ("typescript", TYPESCRIPT, 3, 3, 9),
        ("typescript", TYPESCRIPT, 5, 4, 8),
        ("typescript", TYPESCRIPT, 8, 4, 8),
        ("typescript", TYPESCRIPT, 9, 3, 9),
    ],
)
def test_a_cursor_stands_for_its_block(language: str, text: str, line: int, first: int, last: int) -> None:
    doc = document(text, language)
    place = doc.place(line, 0)
    region = selected(doc, place, place)
    assert (region.start.line, region.end.line) == (first, last)
    assert region.is_whole_lines


@pytest.mark.parametrize(
    ("text", "meant", "is_whole"),
    [
        ("  █a = 1█\n", "  a = 1", True),
        ("█a = 1\n█b = 2\n", "a = 1", True),
        ("a = █1█\n", "1", False),
        ("f(█a,\n  b█)\n", "a,\n  b", False),
        ("x\n█\ny\n", "", True),
    ],
)
def test_a_selection_is_widened_over_blanks_and_nothing_else(text: str, meant: str, is_whole: bool) -> None:
    doc, region = marked(text, "python")
    assert (region.text(doc), region.is_whole_lines) == (meant, is_whole)


@pytest.mark.parametrize(
    ("first", "last", "meant"), [(1, 2, "a\nb"), (2, 1, "a\nb"), (3, 99, "c\n"), (99, 99, "")]
)
def test_lines_are_counted_from_one_and_end_with_the_text(first: int, last: int, meant: str) -> None:
    doc = document("a\nb\nc\n", "python")
    assert numbered(doc, first, last).text(doc) == meant


@pytest.mark.parametrize(
    ("language", "line", "wish"),
    [
        ("python", "# !make this async", "make this async"),
        ("python", "    #  !shorter", "shorter"),
        ("typescript", "// !add types", "add types"),
        ("html", "<!-- !a list -->", "a list"),
        ("css", "/* !darker */", "darker"),
        ("lua", "-- !use ipairs", "use ipairs"),
        ("python", "#!/usr/bin/env python", None),
        ("rust", "//! a doc comment", None),
        ("python", "x = 1  # !not a line of its own", None),
        ("python", "# ! ", None),
        ("c", "#  !defined(X)", "defined(X)"),
    ],
)
def test_a_wish_stands_in_a_comment_of_its_own(language: str, line: str, wish: str | None) -> None:
    doc = document(f"{line}\nx\n", language)
    place = doc.place(0, 0)
    found = marker_in(doc, place, place)
    assert (found and found.wish) == wish


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("# !w\ndef f():\n    a()\n\n    b()\n\nc()\n", 4),
        ("# !w\n@cache\ndef f():\n    a()\n\nc()\n", 3),
        ("# !w\na()\nb()\n\nc()\n", 2),
        ("def f():\n    a()\n    # !w\n\nc()\n", 2),
        ("# !w\n", 0),
    ],
)
def test_it_is_about_what_follows(text: str, last: int) -> None:
    doc = document(text, "python")
    line = next(n for n, each in enumerate(text.split("\n")) if "!w" in each)
    found = marker_in(doc, doc.place(line, 0), doc.place(line, 0))
    assert found is not None
    assert (found.region.start.line, found.region.end.line) == (line, last)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("# TODO: sort", "sort"),
        ("x = 1  // FIXME wrong", "wrong"),
        ("TODO = 1", ""),
        ("# TODO", "what is meant here"),
    ],
)
def test_a_todo_says_what_is_to_be_done(line: str, said: str) -> None:
    doc = document(line, "python")
    assert todo_in(doc, doc.place(0, 0), doc.place(0, 0)) == said
