from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.predictor import tokens


@pytest.mark.parametrize(
    ("line", "family", "cut"),
    [
        ("x = foo(a, b)", "code", ["x", " =", " foo", "(", "a", ",", " b", ")"]),
        ("a->b ... c", "code", ["a", "->", "b", " ...", " c"]),
        ("$a ?? b", "script", ["$a", " ??", " b"]),
        ("font-size: 1px", "markup", ["font-size", ":", " 1px"]),
        ("(empty? x)", "lisp", ["(", "empty?", " x", ")"]),
    ],
)
def test_lines_are_cut_as_their_language_is_read(line: str, family: str, cut: list[str]) -> None:
    assert tokens.cut(line, family) == cut


@given(st.text(max_size=40))
def test_nothing_of_a_line_is_lost(line: str) -> None:
    assert "".join(tokens.cut(line.strip(), "code")) == line.strip()


def test_the_family_is_known_by_the_suffix() -> None:
    assert tokens.family_of("src/App.TSX") == "script"
    assert tokens.family_of("Makefile") == "code"
    assert tokens.known("cobol") == "code"


def test_words_are_found_by_how_they_begin() -> None:
    text = "item items_left my_item Item it\nreitem"
    assert list(tokens.words_that_begin("it", text, "code")) == ["item", "items_left", "it"]
    assert list(tokens.words_that_begin("$i", "$i a$in $in", "script")) == ["$i", "$in"]


def test_an_operator_may_grow() -> None:
    assert set(tokens.operators_that_begin("=")) == {"==", "===", "=>"}
    assert tokens.operators_that_begin("===") == []
