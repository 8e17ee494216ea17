"""What a line opens, by the grammar of its language."""

from __future__ import annotations

import sys

import pytest

from foretype.stream.cursor import Cursor, cursor_at
from foretype.stream.grammars import GRAMMARS, Grammars, loaded
from foretype.stream.mode import wants_many_lines
from foretype.stream.structure import CHARACTERS_ABOVE, Block, block_at, lines_within

EMPTY, FILLED, NONE = Block.EMPTY, Block.FILLED, Block.NONE


def cursor_in(marked: str, language: str) -> Cursor:
    before, _, after = marked.partition("█")
    line = before.count("\n")
    return cursor_at((before + after).split("\n"), line, len(before.rpartition("\n")[2]), language)


def found(marked: str, language: str) -> Block | None:
    grammars = Grammars()
    grammars.load(language)
    parser = grammars.parser(language)
    assert parser is not None
    return block_at(parser, cursor_in(marked, language))


@pytest.mark.parametrize(
    ("language", "marked", "block"),
    [
        ("python", "def f():█\n", EMPTY),
        ("python", "def f():█\n    return 1\n", FILLED),
        ("python", "def f():█\n    # only a comment\n", EMPTY),
        ("python", "class A:\n    def f(self):█\n\n    def g(self):\n        pass\n", EMPTY),
        ("python", "if x:█\ny = 1\n", EMPTY),
        ("python", "try:\n    f()\nexcept ValueError:█\n", EMPTY),
        ("python", "x = {\n    'a':█\n}\n", None),
        ("python", "x = {█\n}\n", NONE),
        ("python", "f = lambda:█\n", None),
        ("python", "x[1:█]\n", NONE),
        ("javascript", "function f() {█\n}\n", EMPTY),
        ("javascript", "function f() {█\n  return 1;\n}\n", FILLED),
        ("javascript", "function f() {█\n\nfunction g() {\n  return 1;\n}\n", EMPTY),
        ("javascript", "const x = {█\n};\n", EMPTY),
        ("typescript", "interface A {█\n}\n", EMPTY),
        ("typescript", "import {█\n} from 'a';\n", EMPTY),
        ("typescriptreact", "const A = () => {█\n};\n", EMPTY),
        ("go", "package a\n\nfunc f() {█\n}\n", EMPTY),
        ("go", "package a\n\nfunc f() {█\n\treturn\n}\n", FILLED),
        ("go", "package a\n\nvar x = []int{█\n}\n", EMPTY),
        ("rust", "impl A {█\n}\n", EMPTY),
        ("rust", "fn f() { let a = A {█\n}; }\n", EMPTY),
        ("java", "class A {\n    void f() {█\n    }\n}\n", EMPTY),
        ("java", "class A {\n    int[] x = {█\n    };\n}\n", EMPTY),
        ("c", "int f(void) {█\n}\n", EMPTY),
        ("c", "int x[] = {█\n};\n", EMPTY),
        ("cpp", "class A {█\n};\n", EMPTY),
        ("cpp", "namespace a {█\n  int x;\n}\n", FILLED),
    ],
)
def test_what_a_line_opens(language: str, marked: str, block: Block | None) -> None:
    assert found(marked, language) is block


@pytest.mark.parametrize("marked", ["x = 1█\n", "f(█\n", "█\n", "def f() -> int█:\n", "'''a:█\n'''\n"])
def test_lines_that_are_not_looked_at(marked: str) -> None:
    assert found(marked, "python") is None


@pytest.mark.parametrize("language", GRAMMARS)
def test_every_grammar_loads(language: str) -> None:
    assert loaded(*GRAMMARS[language]) is not None


def test_without_grammars_indentation_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter", None)
    grammars = Grammars()
    for language in ("python", "cobol"):
        grammars.load(language)
        assert grammars.parser(language) is None
    assert wants_many_lines(cursor_in("def f():█\n", "python"))
    assert loaded("tree_sitter_python", "no_such_function") is None


def test_asking_for_a_parser_loads_none() -> None:
    assert Grammars().parser("python") is None


def test_the_grammar_decides_where_there_is_one() -> None:
    opens = cursor_in("def f():█\n", "python")
    assert not wants_many_lines(opens, lambda cursor: NONE)
    assert not wants_many_lines(opens, lambda cursor: FILLED)
    assert wants_many_lines(cursor_in("x = 1█\n", "python"), lambda cursor: EMPTY)


def test_so_much_is_parsed_and_no_more() -> None:
    lines = ("class A:", *(["    x = 1"] * 2000), "def f():", *(["    y = 2"] * 100))
    kept = lines_within(lines, CHARACTERS_ABOVE)
    assert kept[0] == "def f():"
    assert sum(map(len, kept)) <= CHARACTERS_ABOVE
    assert lines_within(lines[:5], CHARACTERS_ABOVE) == lines[:5]
    inside = lines_within(lines[:2000], CHARACTERS_ABOVE)
    assert 0 < sum(map(len, inside)) <= CHARACTERS_ABOVE


def test_half_a_character_does_not_disturb() -> None:
    assert found("x = '\ud83d'\ndef f():█\n", "python") is EMPTY
