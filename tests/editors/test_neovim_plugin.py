"""The plugin in a real Neovim, the newest and the oldest that it is for."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from editors.desk import Desk
from editors.greeting import ABOVE, GREET, GREETING, begun, suggesting
from editors.install import Editors
from editors.model import asked, before_the_cursor, begins, knows, writes
from editors.patience import PATIENCE_S
from editors.plugin import PLUGIN, PluggedNeovim, plugged

from contract.upstream import Upstream

INLINE_COMPLETION = "textDocument/inlineCompletion"


def only(encoding: str) -> str:
    """Lua for a client that offers this position encoding and no other."""
    return (
        "local make = vim.lsp.protocol.make_client_capabilities\n"
        "vim.lsp.protocol.make_client_capabilities = function()\n"
        f"  local able = make(); able.general.positionEncodings = {{ '{encoding}' }}; return able\n"
        "end\n"
    )


@pytest.fixture
async def nvim(both: Editors, desk: Desk) -> AsyncIterator[PluggedNeovim]:
    async with plugged(both.neovim, desk) as running:
        yield running


async def test_typing_shows_the_rest_and_tab_takes_it(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    assert before_the_cursor(await asked(upstream)).endswith("pri")
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, GREET)
    assert await nvim.cursor() == (3, len(GREET))
    assert await nvim.mode() == "i"
    assert (await desk.wire.sent("workspace/executeCommand"))["command"] == "foretype.accepted"


async def test_undo_takes_out_what_was_taken_and_keeps_what_was_typed(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, GREET)
    await nvim.type("<Esc>u")
    await nvim.lines_are(*ABOVE, "pri")
    await nvim.type("u")
    await nvim.lines_are(*ABOVE, "")


async def test_several_lines_are_taken_word_by_word_line_by_line_and_whole(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("    total = sum(numbers)\n    return total / len(numbers)"))
    upstream.always(writes(""))
    await nvim.edit(desk.file("a.py", "def mean(numbers):\n\n"))
    await nvim.type("ji<Tab>")
    await nvim.ghost_is(1, 4, "total = sum(numbers)\n    return total / len(numbers)")
    await nvim.type("<M-Right>")
    await nvim.ghost_is(1, 9, " = sum(numbers)\n    return total / len(numbers)")
    await nvim.type("<M-Down>")
    await nvim.ghost_is(1, 24, "\n    return total / len(numbers)")
    await nvim.type("<Tab>")
    await nvim.lines_are("def mean(numbers):", "    total = sum(numbers)", "    return total / len(numbers)")
    assert await nvim.cursor() == (2, 31)


async def test_what_is_typed_as_suggested_stays_and_asks_no_model_again(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("nt(greet(1))"))
    upstream.always(writes(""))
    await begun(nvim, desk)
    await nvim.type("n")
    await nvim.ghost_is(3, 4, "t(greet(1))")
    await desk.wire.answered(INLINE_COMPLETION, times=2)
    assert len(upstream.heard) == 1
    await nvim.type("t<Tab>")
    await nvim.lines_are(*ABOVE, GREET)


async def test_another_key_than_suggested_clears_at_once_and_tab_is_a_tab(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("nt(greet(1))"))
    upstream.always(begins(""))
    await begun(nvim, desk)
    await nvim.type("x<Tab>=")
    await nvim.lines_are(*ABOVE, "prix    =")
    assert await nvim.ghost() is None


async def test_a_reply_for_another_place_is_never_shown(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins("nt(gr"), writes("et(2)"))
    upstream.always(writes(""))
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.type("Gipri")
    first = await asked(upstream)
    await nvim.type("<CR>y = gre")
    await nvim.ghost_is(4, 7, "et(2)")
    await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, "pri", "y = greet(2)")


async def test_brackets_that_stand_there_already_are_drawn_and_written_once(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.type("Giprint()<Left>")
    await nvim.ghost_is(3, 6, "greet(1)")
    await nvim.type("g")
    await nvim.ghost_is(3, 7, "reet(1)")
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, GREET)


async def test_a_suggestion_is_dismissed(nvim: PluggedNeovim, desk: Desk, upstream: Upstream) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("<C-]>")
    assert (await desk.wire.sent("workspace/executeCommand"))["command"] == "foretype.rejected"
    assert await nvim.ghost() is None
    assert await nvim.mode() == "i"


async def test_other_suggestions_are_shown_in_turn_there_and_back(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("nt(greet(1))"), writes("nt(greet(2))"), writes("nt(greet(3))"))
    await begun(nvim, desk)
    seen = [await turned(nvim, "next") for _ in range(3)]
    assert [text.rpartition(" ")[2] for text in seen] == ["(2/3)", "(3/3)", "(1/3)"]
    assert len({text.rpartition(" ")[0] for text in seen}) == 3
    assert [await turned(nvim, "previous") for _ in range(2)] == [seen[1], seen[0]]
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, "pri" + seen[0].removesuffix(" (2/3)"))


async def turned(nvim: PluggedNeovim, way: str) -> str:
    """What is shown after the key for the next suggestion, or by what a user would map for the one before."""
    before = await nvim.ghost()
    assert before is not None
    if way == "next":
        await nvim.type("<M-]>")
    else:
        await nvim.lua("require('foretype').previous()")

    async def another() -> str:
        now = await nvim.ghost()
        return now.text if now and now.text != before.text and "/" in now.text else ""

    return await nvim.until(another, "another suggestion, with its number")


async def test_leaving_insert_mode_stops_the_model(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins(""))
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.type("Gipri")
    visit = await asked(upstream)
    await nvim.type("<Esc>")
    await asyncio.wait_for(visit.gone.wait(), PATIENCE_S)
    assert await nvim.ghost() is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_characters_of_many_bytes_left_of_the_cursor(
    both: Editors, desk: Desk, upstream: Upstream, encoding: str
) -> None:
    upstream.always(knows('naïve = "é😀" + shout("日本", name)'))
    async with plugged(both.neovim, desk, only(encoding)) as nvim:
        await nvim.edit(desk.file("a.py", GREETING))
        await nvim.type('Ginaïve = "é😀" + sh')
        await nvim.ghost_is(3, len('naïve = "é😀" + sh'.encode()), 'out("日本", name)')
        await nvim.type("o<M-Right><M-Right><M-Right>")
        await nvim.lines_are(*ABOVE, 'naïve = "é😀" + shout("日本')
        await nvim.type("<Tab>")
        await nvim.lines_are(*ABOVE, 'naïve = "é😀" + shout("日本", name)')
    initialized = await desk.wire.answered("initialize")
    assert initialized["result"]["capabilities"]["positionEncoding"] == encoding


async def test_a_server_that_was_killed_is_started_again_for_the_same_buffer(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    await nvim.edit(desk.file("a.py", GREETING))
    await desk.wire.sent("textDocument/didOpen")
    first = desk.wire.server_pid
    os.kill(first, signal.SIGKILL)
    await desk.wire.sent("textDocument/didOpen", times=2)
    await nvim.attached()
    assert desk.wire.server_pid != first
    await nvim.type("Gipri")
    await nvim.ghost_is(3, 3, "nt(greet(1))")


async def test_the_status_line_says_what_the_server_does(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins(""))
    await nvim.edit(desk.file("a.py", GREETING))

    async def thinking() -> bool:
        return bool(await nvim.lua("return require('foretype').status()") == "foretype…")

    await nvim.type("Gipri")
    await nvim.until(thinking, "a status line that says that a model is asked")


async def test_the_command_completes_its_words_and_says_the_status(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await nvim.edit(desk.file("a.py", GREETING))
    assert await nvim.call("nvim_call_function", "getcompletion", ["Foretype ed", "cmdline"]) == ["edit"]
    await nvim.type(":Foretype status<CR>")
    await nvim.has_said("complete: lab:qwen2.5-coder-1.5b")
    await nvim.type(":Foretype nonsense<CR>")
    await nvim.has_said("there is no ':Foretype nonsense'")


async def test_health_names_the_server_and_finds_nothing_wrong(
    nvim: PluggedNeovim, desk: Desk, upstream: Upstream
) -> None:
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.call("nvim_cmd", {"cmd": "checkhealth", "args": ["foretype"]}, {})
    report = "\n".join(await nvim.lines())
    assert "foretype 0.1.0 serves" in report or "foretype  serves" in report
    assert "ERROR" not in report
    assert "WARNING" not in report


async def test_nothing_is_mapped_but_by_the_configuration(both: Editors, desk: Desk) -> None:
    mapped = "return #vim.tbl_filter(function(m) return m.lhs ~= '' end, vim.api.nvim_get_keymap('i'))"
    async with plugged(both.neovim, desk, more="\nvim.cmd('imapclear | nmapclear | xmapclear')\n") as nvim:
        await nvim.edit(desk.file("a.py", GREETING))
        await nvim.type("Gix")
        assert await nvim.lua(mapped) == 0


async def test_the_help_is_found(both: Editors, desk: Desk) -> None:
    """Where a plugin manager has made the tags, as all of them do."""
    async with plugged(both.neovim, desk) as nvim:
        tags = await nvim.lua(
            "local doc, to = ..., vim.fn.tempname(); vim.fn.mkdir(to .. '/doc', 'p')\n"
            "vim.fn.writefile(vim.fn.readfile(doc), to .. '/doc/foretype.txt')\n"
            "vim.cmd.helptags(to .. '/doc'); vim.opt.runtimepath:append(to); vim.cmd.help('foretype-keys')\n"
            "return vim.fn.getline('.')",
            str(PLUGIN / "doc" / "foretype.txt"),
        )
        assert "foretype-keys" in tags
