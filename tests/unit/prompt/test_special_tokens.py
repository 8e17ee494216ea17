"""Control tokens in the user's own code."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foretype.prompt.asked import Chunk
from foretype.prompt.hole import Hole
from foretype.prompt.special_tokens import CHAT_CONTROL, TokenInCode, guarded

HOLE = Hole("a = ", "\nb\n", path="a.py", chunks=(Chunk("b.py", "c = 1\n"),))


def test_code_without_any_is_left_as_it_is() -> None:
    assert guarded(CHAT_CONTROL, HOLE) == HOLE


def test_no_words_at_all_are_found_nowhere() -> None:
    assert guarded((), HOLE) == HOLE


@pytest.mark.parametrize("token", CHAT_CONTROL)
def test_code_with_one_is_refused(token: str) -> None:
    assert guarded(CHAT_CONTROL, replace(HOLE, prefix=f"a {token}")) == TokenInCode(token, "prefix")
    assert guarded(CHAT_CONTROL, replace(HOLE, suffix=f"a {token}")) == TokenInCode(token, "suffix")


@pytest.mark.parametrize("token", CHAT_CONTROL)
def test_context_with_one_is_broken(token: str) -> None:
    hole = guarded(CHAT_CONTROL, replace(HOLE, path=token, chunks=(Chunk(token, token * 2),)))
    assert isinstance(hole, Hole)
    assert token not in hole.path + hole.chunks[0].path + hole.chunks[0].text
