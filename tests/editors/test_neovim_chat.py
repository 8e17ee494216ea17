"""Chat through the plugin, in a split of a real Neovim."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from editors.desk import Desk
from editors.install import Editors
from editors.model import asked, says, says_slowly
from editors.patience import PATIENCE_S
from editors.plugin import PluggedNeovim, plugged

from contract.upstream import Upstream

CODE = "größe = '日本'\n\n\ndef area(w, h):\n    return w * h\n"


@pytest.fixture
async def nvim(both: Editors, desk: Desk) -> AsyncIterator[PluggedNeovim]:
    async with plugged(both.neovim, desk) as running:
        yield running


async def test_an_answer_is_written_into_a_split_as_it_arrives_and_the_text_keeps_the_cursor(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    go_on = asyncio.Event()
    upstream.will(says_slowly("It multiplies\n", "two numbers.", go_on=go_on))
    upstream.always(says("A title"))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":4,5Foretype chat what is this?<CR>")
    await nvim.page_has("**what is this?**\n\nIt multiplies")
    assert await nvim.lines() == CODE.split("\n")[:-1]
    go_on.set()
    await nvim.page_has("It multiplies\ntwo numbers.")
    assert "return w * h" in (await asked(upstream)).heard.content.decode()


async def test_the_next_question_goes_on_with_the_conversation(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(says("An answer."))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":Foretype chat first<CR>")
    first = await desk.wire.answered("foretype/chat")
    await nvim.answer_is_over()
    await nvim.type(":Foretype chat second<CR>")
    await desk.wire.answered("foretype/chat", times=2)
    await nvim.answer_is_over()
    sent = desk.wire.messages("editor", "foretype/chat")
    assert sent[1]["params"]["conversation"] == first["result"]["conversation"]
    await nvim.type(":Foretype new-chat third<CR>")
    assert "conversation" not in await desk.wire.sent("foretype/chat", times=3)
    await nvim.page_has("**third**")
    assert "second" not in await nvim.page()


async def test_an_answer_that_is_stopped_stays_as_far_as_it_is_written(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says_slowly("Half of it is here", go_on=asyncio.Event()))
    upstream.always(says("A title"))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":Foretype chat go<CR>")
    await nvim.page_has("Half of it")
    await nvim.type(":Foretype stop<CR>")
    await asyncio.wait_for((await asked(upstream)).gone.wait(), PATIENCE_S)
    await nvim.page_has("> stopped")
    assert "Half of it" in await nvim.page()
