"""The token of Hugging Face, looked for while everything else goes on."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from foretype.config.environment import Environment
from foretype.flows import token as token_module
from foretype.flows.token import NONE_FOUND, Token
from foretype.keys.key import Key
from foretype.keys.token_search import Keyring, TokenSearch, WrittenToken, find_token

FIRST, SECOND = Key("hf_" + "a" * 20), Key("hf_" + "b" * 20)


class Desk:
    """A token, and who hears of it."""

    def __init__(self, *written: WrittenToken) -> None:
        self.known: list[Key] = []
        self.told: list[str] = []
        self.token = Token(Environment(tokens=written), self.known.append, self.told.append)


@pytest.fixture(autouse=True)
def no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(token_module, "KeyringApart", lambda: None)


async def test_whoever_needs_it_waits_until_the_search_has_ended() -> None:
    desk = Desk(WrittenToken("HF_TOKEN", FIRST))
    waiting = asyncio.ensure_future(desk.token.settled())
    assert await desk.token.search(None)
    assert await waiting == FIRST
    assert desk.known == [FIRST]
    assert desk.told == []


async def test_only_another_token_is_a_change() -> None:
    desk = Desk(WrittenToken("HF_TOKEN", FIRST))
    changes = [
        await desk.token.search(from_settings) for from_settings in (None, FIRST, SECOND, SECOND, None)
    ]
    assert changes == [True, False, True, False, True]


async def test_none_at_all_is_told_with_the_cure() -> None:
    desk = Desk()
    assert not await desk.token.search(None)
    assert await desk.token.settled() is None
    assert desk.told == [NONE_FOUND]


async def test_one_that_cannot_be_sent_is_told_without_its_text() -> None:
    desk = Desk(WrittenToken("HF_TOKEN", Key("not a token")))
    await desk.token.search(None)
    assert desk.told[0].startswith("the token in HF_TOKEN has a space")
    assert "not a token" not in " ".join(desk.told)


@pytest.mark.parametrize("first_to_end", ["older", "newer"])
async def test_a_newer_search_takes_over(monkeypatch: pytest.MonkeyPatch, first_to_end: str) -> None:
    may_end = {FIRST: threading.Event(), SECOND: threading.Event()}

    def slow(
        written: Key | None,
        tokens: Iterable[WrittenToken],
        keyring: Keyring | None,
        file: Path | None,
        **ours: Any,
    ) -> TokenSearch:
        assert written is not None
        assert may_end[written].wait(10)
        return find_token(written, tokens, keyring, file, **ours)

    monkeypatch.setattr(token_module, "find_token", slow)
    desk = Desk()
    older = asyncio.ensure_future(desk.token.search(FIRST))
    newer = asyncio.ensure_future(desk.token.search(SECOND))
    waiting = asyncio.ensure_future(desk.token.settled())
    if first_to_end == "older":
        may_end[FIRST].set()
        assert not await older
        assert not waiting.done()
    may_end[SECOND].set()
    assert await newer
    assert await waiting == SECOND
    may_end[FIRST].set()
    assert not await older
    assert desk.token.key == SECOND


async def test_a_search_that_fails_leaves_nobody_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*places: object, **ours: object) -> TokenSearch:
        raise OSError("broken")

    monkeypatch.setattr(token_module, "find_token", broken)
    desk = Desk()
    with pytest.raises(OSError, match="broken"):
        await desk.token.search(None)
    assert await desk.token.settled() is None


async def test_a_token_that_the_editor_hands_over_is_known_to_the_log_at_once() -> None:
    desk = Desk(WrittenToken("HF_TOKEN", FIRST))
    desk.token.hand_over(SECOND)
    assert desk.known == [SECOND]
    await desk.token.search(None)
    assert desk.token.key == SECOND
    desk.token.hand_over(None)
    assert await desk.token.search(None)
    assert desk.token.key == FIRST
