"""Text out of a model's bytes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.engine.stops import Spelling


def spelled(pieces: list[bytes], *stops: str) -> list[str]:
    spelling = Spelling(stops)
    return [*(spelling.add(piece) for piece in pieces), spelling.end()]


def test_a_character_in_two_pieces_comes_whole() -> None:
    assert spelled(["é".encode()[:1], "é".encode()[1:]]) == ["", "é", ""]


def test_a_character_that_never_ends_is_marked_at_the_end() -> None:
    assert spelled([b"a\xf0\x9f"]) == ["a", "\ufffd"]


def test_a_stop_word_over_three_pieces_ends_the_text_before_it() -> None:
    assert spelled([b"x = 1<|", b"fim_", b"pad|>y", b"z"], "<|fim_pad|>") == ["x = 1", "", "", "", ""]


def test_what_only_began_like_a_stop_word_comes_after_all() -> None:
    assert spelled([b"a<|", b"b"], "<|end|>") == ["a", "<|b", ""]
    assert spelled([b"a<|e"], "<|end|>") == ["a", "<|e"]


@given(st.text(max_size=40), st.text(min_size=1, max_size=3), st.data())
def test_however_it_is_cut_the_text_is_what_stands_before_the_stop(
    text: str, stop: str, data: st.DataObject
) -> None:
    encoded = text.encode("utf-8", "ignore")
    cuts = sorted(data.draw(st.lists(st.integers(0, len(encoded)), max_size=6)))
    edges = [0, *cuts, len(encoded)]
    pieces = [encoded[a:b] for a, b in itertools.pairwise(edges)]
    assert "".join(spelled(pieces, stop)) == encoded.decode().partition(stop)[0]


@pytest.mark.parametrize("stop", ["\n", "\n\n"])
def test_a_stop_at_once_leaves_nothing(stop: str) -> None:
    assert "".join(spelled([b"\n\nrest"], stop)) == ""
