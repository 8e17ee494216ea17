"""Prompts in pieces say the same as prompts in one."""

from __future__ import annotations

import pytest

from foretype.prompt.asked import Chunk
from foretype.prompt.families import CODE_LLAMA, FAMILIES, QWEN_CODER
from foretype.prompt.family import Family
from foretype.prompt.file_family import all_template_words, family_of_file
from foretype.prompt.hole import Hole, rendered
from foretype.prompt.pieces import Kind, Piece, control_words, pieces_of

HOLE = Hole("def f():\n    ", "\n\nf()\n", "a.py", language="python")
WITH_FILES = Hole("x = ", "", "a.py", chunks=(Chunk("b.py", "y = 1"), Chunk("c\n.py", "z")))
every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.name)


@every_family
@pytest.mark.parametrize("hole", [HOLE, WITH_FILES], ids=["alone", "with files"])
def test_the_pieces_together_are_the_rendered_template(family: Family, hole: Hole) -> None:
    text = "".join(piece.text for piece in pieces_of(family, hole))
    expected = rendered(family, hole).text
    if family is CODE_LLAMA:
        text, expected = text.replace(" ", ""), expected.replace(" ", "")
    assert text == expected


@every_family
def test_control_words_stand_alone_and_only_there(family: Family) -> None:
    pieces = pieces_of(family, HOLE)
    assert [piece.text for piece in pieces if piece.kind is Kind.CONTROL] == list(control_words(family))
    assert sum(piece.kind is Kind.PREFIX for piece in pieces) == 1


def test_a_control_word_in_the_code_is_no_control_piece() -> None:
    hole = Hole("s = '<|fim_middle|>'", "<|fim_suffix|>")
    pieces = pieces_of(QWEN_CODER, hole)
    assert Piece(Kind.PREFIX, hole.prefix) in pieces
    assert [piece.kind for piece in pieces].count(Kind.CONTROL) == 3


def test_a_name_counts_only_where_the_vocabulary_agrees() -> None:
    words = control_words(QWEN_CODER)
    name = "qwen2.5-coder-1.5b-q8_0.gguf"
    assert family_of_file([name], words, None) is QWEN_CODER
    assert family_of_file([name], (), None) is None


def test_a_nameless_file_is_taken_at_its_vocabulary_s_word() -> None:
    family = family_of_file(["my-model.gguf", ""], (), ("<P>", "<S>", "<M>"))
    assert family is not None
    assert "".join(p.text for p in pieces_of(family, HOLE)) == f"<P>{HOLE.prefix}<S>{HOLE.suffix}<M>"


def test_every_family_s_words_are_asked_about() -> None:
    asked = all_template_words()
    assert all(word in asked for family in FAMILIES for word in control_words(family))
