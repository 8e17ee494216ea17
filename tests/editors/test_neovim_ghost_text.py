"""Ghost text in a real Neovim that is configured as the README says, one key after the other."""

from __future__ import annotations

import asyncio

import pytest

from editors.desk import Desk
from editors.greeting import ABOVE, GREET, GREETING, begun, suggesting
from editors.install import Editors
from editors.model import asked, before_the_cursor, begins, knows, writes
from editors.neovim import Neovim, neovim, only
from editors.patience import PATIENCE_S

from contract.upstream import Upstream

INLINE_COMPLETION = "textDocument/inlineCompletion"


async def test_typing_shows_the_rest_of_the_line_and_tab_takes_it(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    assert await nvim.lines() == [*ABOVE, "pri"]
    assert before_the_cursor(await asked(upstream)).endswith("    return name\n\npri")
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, GREET)
    assert await nvim.cursor() == (3, len(GREET))
    assert (await nvim.mode(), await nvim.ghost()) == ("i", None)


async def test_several_lines_are_shown_below_and_taken_together(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("    total = sum(numbers)\n    return total / len(numbers)"))
    upstream.always(writes(""))
    await nvim.edit(desk.file("a.py", "def mean(numbers):\n\n"))
    await nvim.type("ji<Tab>")
    await nvim.ghost_is(1, 4, "total = sum(numbers)\n    return total / len(numbers)")
    await nvim.type("<Tab>")
    await nvim.lines_are("def mean(numbers):", "    total = sum(numbers)", "    return total / len(numbers)")
    assert await nvim.cursor() == (2, 31)


async def test_what_is_typed_as_suggested_asks_no_model_again(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(writes("nt(greet(1))"))
    await begun(nvim, desk)
    await nvim.type("n")
    await nvim.ghost_is(3, 4, "t(greet(1))")
    await desk.wire.answered(INLINE_COMPLETION, times=2)
    await nvim.ghost_is(3, 4, "t(greet(1))")
    assert len(upstream.heard) == 1


async def test_tab_in_the_same_breath_as_the_next_key_takes_what_is_left(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("n<Tab>")
    await nvim.lines_are(*ABOVE, GREET)
    assert await nvim.cursor() == (3, len(GREET))


async def test_tab_after_another_key_than_suggested_changes_nothing(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("x<Tab>")
    await nvim.type(" = 1")
    await nvim.lines_are(*ABOVE, "prix = 1")


async def test_brackets_that_an_editor_closed_by_itself_are_not_doubled(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("nt()<Left>")
    await nvim.ghost_is(3, 6, "greet(1))", is_over=True)
    await nvim.type("g<Tab>")
    await nvim.lines_are(*ABOVE, GREET)


async def test_what_was_meant_for_another_place_is_given_up(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins("nt(gr"), writes("et(2)"))
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.type("Gipri")
    first = await asked(upstream)
    await nvim.type("<CR>y = gre")
    await nvim.ghost_is(4, 7, "et(2)")
    await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
    answers = [await desk.wire.answered(INLINE_COMPLETION, times) for times in (1, 2)]
    assert [len(answer["result"]["items"]) for answer in answers] == [0, 1]
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, "pri", "y = greet(2)")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
async def test_characters_of_many_bytes_left_of_the_cursor(
    editors: Editors, desk: Desk, upstream: Upstream, encoding: str
) -> None:
    upstream.always(knows('naïve = "é😀" + shout("日本", name)'))
    async with neovim(editors.neovim, desk, only(encoding)) as nvim:
        await nvim.edit(desk.file("a.py", GREETING))
        await nvim.type('Ginaïve = "é😀" + sh')
        await nvim.ghost_is(3, len('naïve = "é😀" + sh'.encode()), 'out("日本", name)')
        await nvim.type("o<Tab>")
        await nvim.lines_are(*ABOVE, 'naïve = "é😀" + shout("日本", name)')
    initialized = await desk.wire.answered("initialize")
    assert initialized["result"]["capabilities"]["positionEncoding"] == encoding


async def test_leaving_insert_mode_stops_the_model(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    upstream.will(begins(""))
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.type("Gipri")
    visit = await asked(upstream)
    await nvim.type("<Esc>")
    await desk.wire.sent("$/cancelRequest")
    await asyncio.wait_for(visit.gone.wait(), PATIENCE_S)
    answer = await desk.wire.answered(INLINE_COMPLETION)
    assert answer["error"]["code"] == -32800
    assert await nvim.ghost() is None


async def test_undo_takes_out_what_was_taken_and_keeps_what_was_typed(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("<Tab>")
    await nvim.lines_are(*ABOVE, GREET)
    await nvim.type("<Esc>u")
    await nvim.lines_are(*ABOVE, "pri")
    await nvim.type("u")
    await nvim.lines_are(*ABOVE, "")
    await nvim.type("2<C-r>")
    await nvim.lines_are(*ABOVE, GREET)


async def test_the_server_hears_that_a_suggestion_was_taken(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    await suggesting(nvim, desk, upstream)
    await nvim.type("<Tab>")
    command = await desk.wire.sent("workspace/executeCommand")
    assert command["command"] == "foretype.accepted"
    status = await nvim.ask("workspace/executeCommand", {"command": "foretype.status"})
    assert status["suggestions"] == {"shown": 1, "accepted": 1, "rejected": 0}
