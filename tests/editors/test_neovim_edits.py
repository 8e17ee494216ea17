"""Edits, code actions and explanations through the plugin, in a real Neovim."""

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

CODE = "größe = '日本'\n\n\ndef area(w, h):\n    return w * h\n\n\nprint(area(2, 3))\n"
LINES = CODE.split("\n")[:-1]
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
EDITED = [*LINES[:3], "def area(w: int, h: int) -> int:", *LINES[4:]]


@pytest.fixture
async def nvim(both: Editors, desk: Desk) -> AsyncIterator[PluggedNeovim]:
    async with plugged(both.neovim, desk) as running:
        yield running


async def words(nvim: PluggedNeovim, text: str) -> None:
    """What the user writes when they are asked."""
    await nvim.call("nvim_set_var", "words", text)


async def test_a_selection_is_rewritten_while_it_is_watched_and_one_undo_takes_it_back(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    go_on = asyncio.Event()
    upstream.will(
        says_slowly("```python\ndef area(w: int, h: int) -> int:\n", "    return w * h\n```", go_on=go_on)
    )
    await nvim.edit(desk.file("a.py", CODE))
    await words(nvim, "add types")
    await nvim.type("4GVj<C-k>")
    await nvim.writing_is("def area(w: int, h: int) -> int:")
    assert await nvim.lines() == LINES
    go_on.set()
    await nvim.lines_are(*EDITED)
    await nvim.edit_is_over()
    assert await nvim.writing() == ""
    assert await nvim.mode() == "n"
    assert await nvim.messages() == ""
    await nvim.type("u")
    await nvim.lines_are(*LINES)
    assert "add types" in (await asked(upstream)).heard.content.decode()


async def test_without_a_selection_the_block_at_the_cursor_is_meant(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type("5G:Foretype edit add types<CR>")
    await nvim.lines_are(*EDITED)


async def test_a_part_of_a_line_behind_characters_of_many_bytes(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("```python\n'中国'\n```"))
    await nvim.edit(desk.file("a.py", CODE))
    await words(nvim, "the other country")
    await nvim.type("ggf'vf'<C-k>")
    wish = await desk.wire.sent("workspace/executeCommand")
    initialized = await desk.wire.answered("initialize")
    codec = {"utf-8": "utf-8", "utf-16": "utf-16-le"}[
        initialized["result"]["capabilities"]["positionEncoding"]
    ]
    counted = [len(text.encode(codec)) // len("x".encode(codec)) for text in ("größe = ", "größe = '日本'")]
    asked_for = wish["arguments"][0]["range"]
    assert [asked_for[end]["character"] for end in ("start", "end")] == counted
    await nvim.until(lambda: is_different(nvim), "an edit")


async def is_different(nvim: PluggedNeovim) -> bool:
    return await nvim.lines() != LINES


async def test_an_edit_that_is_stopped_changes_nothing_and_ends_the_model(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says_slowly("```python\nhalf\n", go_on=asyncio.Event()))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":4,5Foretype edit add types<CR>")
    await nvim.writing_is("half")
    await nvim.type(":Foretype stop<CR>")
    await asyncio.wait_for((await asked(upstream)).gone.wait(), PATIENCE_S)
    assert (await nvim.lines(), await nvim.writing()) == (LINES, "")


async def test_an_edit_is_done_again_in_another_way(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    shorter = "area = lambda w, h: w * h"
    upstream.will(says(NEW), says(f"```python\n{shorter}\n```"))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":4,5Foretype edit add types<CR>")
    await nvim.lines_are(*EDITED)
    await nvim.edit_is_over()
    await nvim.type(":Foretype again shorter<CR>")
    await nvim.lines_are(*LINES[:3], shorter, *LINES[5:])


PROPOSED = CODE.replace("w * h", "h * w").replace("'日本'", "'中国'")


async def proposal(nvim: PluggedNeovim) -> list[str]:
    """The lines of the text that is proposed; none where nothing is."""
    lines = "local page = vim.fn.bufnr('foretype://proposal')\n"
    return list(
        await nvim.lua(f"{lines}return page > 0 and vim.api.nvim_buf_get_lines(page, 0, -1, false) or {{}}")
    )


async def propose(nvim: PluggedNeovim, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says(f"```python\n{PROPOSED}```"))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":%Foretype propose say it otherwise<CR>")
    await nvim.until(lambda: proposal(nvim), "the proposal")
    assert await proposal(nvim) == PROPOSED.split("\n")[:-1]
    assert await nvim.lines() == LINES


async def is_alone(nvim: PluggedNeovim) -> bool:
    """Whether one window is left, which compares nothing."""
    alone = "return #vim.api.nvim_list_wins() == 1 and not vim.wo.diff"
    return bool(await nvim.lua(alone)) and not await proposal(nvim)


async def test_of_what_is_proposed_one_change_is_taken_and_the_other_left(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await propose(nvim, desk, upstream)
    await nvim.type("]cdo")
    taken = [*LINES[:4], "    return h * w", *LINES[5:]]
    await nvim.lines_are(*taken)
    await nvim.type(":Foretype stop<CR>")
    await nvim.until(lambda: is_alone(nvim), "the end of the proposal")
    assert await nvim.lines() == taken
    await nvim.type("u")
    await nvim.lines_are(*LINES)


async def test_all_of_what_is_proposed_is_taken_at_once_and_one_undo_takes_it_back(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await propose(nvim, desk, upstream)
    await nvim.type(":%diffget<CR>")
    await nvim.lines_are(*PROPOSED.split("\n")[:-1])
    await nvim.type("u")
    await nvim.lines_are(*LINES)


async def test_a_proposal_that_is_closed_changes_nothing_and_another_is_made_of_it(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await propose(nvim, desk, upstream)
    await nvim.type("<C-w>lq")
    await nvim.until(lambda: is_alone(nvim), "the end of the proposal")
    assert await nvim.lines() == LINES
    upstream.will(says(f"```python\n{CODE}# shorter\n```"))
    await nvim.type(":Foretype again shorter<CR>")
    await nvim.until(lambda: proposal(nvim), "the proposal")
    assert await proposal(nvim) == [*LINES, "# shorter"]
    upstream.will(says(f"```python\n{CODE}# other\n```"))
    await nvim.type(":Foretype again in other words<CR>")

    async def is_replaced() -> bool:
        return await proposal(nvim) == [*LINES, "# other"]

    await nvim.until(is_replaced, "the next proposal in its place")
    await nvim.type(":Foretype stop<CR>")
    await nvim.until(lambda: is_alone(nvim), "the end of the proposal")
    assert await nvim.lines() == LINES


async def test_a_code_action_is_chosen_from_the_menu(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("```python\narea = 1\n```"))
    await nvim.edit(desk.file("a.py", "# !make it one\narea = 0\n"))
    await nvim.lua(
        "vim.ui.select = function(items, how, done)\n"
        "  for index, item in ipairs(items) do\n"
        "    if how.format_item(item):find('make it one', 1, true) then return done(item, index) end\n"
        "  end\n"
        "end"
    )
    await nvim.type(":1Foretype actions<CR>")
    await nvim.lines_are("area = 1")


async def test_an_explanation_opens_beside_the_text(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("It multiplies **two** numbers."))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":4,5Foretype explain<CR>")

    async def is_shown() -> bool:
        return any("It multiplies **two** numbers." in line for line in await nvim.lines())

    await nvim.until(is_shown, "the explanation in a window")


async def test_what_stands_in_the_way_of_an_edit_is_said_once(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("```python\n```"))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(":4,5Foretype edit add types<CR>")
    await desk.wire.answered("workspace/executeCommand")
    await nvim.has_said("Foretype: ")
    assert (await nvim.messages()).count("Foretype: ") == 1
    assert await nvim.lines() == LINES
