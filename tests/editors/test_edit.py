"""Edits in real editors that are configured as the README says, each taken back by one undo."""

from __future__ import annotations

import pytest

from editors.desk import Desk
from editors.helix import helix
from editors.install import Editors
from editors.model import asked, says
from editors.neovim import Neovim
from editors.patience import until

from contract.upstream import Upstream

CODE = "import os\n\n\ndef area(w, h):\n    return w * h\n\n\nprint(area(2, 3))\n"
TYPED = "```python\ndef area(w: int, h: int) -> int:\n    return w * h  # typed\n```"
EDITED = CODE.replace("(w, h)", "(w: int, h: int) -> int", 1).replace("w * h\n", "w * h  # typed\n")
WISHED = CODE.replace("def area", "# !add types\ndef area")


def lines(text: str) -> list[str]:
    return text.removesuffix("\n").split("\n")


@pytest.mark.parametrize("keys", ["4GVj<C-k>add types<CR>", "5G<C-k>add types<CR>", "5GVk<C-k>add types<CR>"])
async def test_neovim_rewrites_lines_and_the_block_at_the_cursor(
    nvim: Neovim, desk: Desk, upstream: Upstream, keys: str
) -> None:
    upstream.will(says(TYPED))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type(keys)
    await nvim.lines_are(*lines(EDITED))
    assert (await asked(upstream)).heard.body["messages"][1]["content"].endswith("Request: add types")
    await nvim.type("u")
    await nvim.lines_are(*lines(CODE))


async def test_neovim_does_a_wish_in_a_comment(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says(TYPED))
    await nvim.edit(desk.file("a.py", WISHED))
    await nvim.lua(
        "vim.api.nvim_win_set_cursor(0, { 4, 0 })\n"
        "vim.lsp.buf.code_action({ context = { only = { 'quickfix.foretype.wish' } }, apply = true })"
    )
    await nvim.lines_are(*lines(EDITED))
    await nvim.type("u")
    await nvim.lines_are(*lines(WISHED))


async def test_neovim_opens_an_explanation(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says("It *multiplies*.\n\nNo more."))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.lua(
        "vim.api.nvim_win_set_cursor(0, { 4, 0 })\n"
        "vim.lsp.buf.code_action({ context = { only = { 'source.foretype.explain' } }, apply = true })"
    )
    await nvim.lines_are("# Explain", "", "It *multiplies*.", "", "No more.")


FLOATING = """
for _, window in ipairs(vim.api.nvim_list_wins()) do
  if vim.api.nvim_win_get_config(window).relative ~= '' then
    return table.concat(vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false), '\\n')
  end
end
"""


async def test_neovim_says_a_short_explanation_and_shows_it_again_where_the_code_is(
    nvim: Neovim, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("It multiplies."))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.lua(
        "vim.api.nvim_win_set_cursor(0, { 4, 0 })\n"
        "vim.lsp.buf.code_action({ context = { only = { 'source.foretype.explain' } }, apply = true })"
    )

    async def is_said() -> bool:
        return "It multiplies." in await nvim.messages()

    await nvim.until(is_said, "the explanation")
    assert await nvim.lines() == lines(CODE)
    await nvim.type("jK")
    assert await nvim.until(lambda: nvim.lua(FLOATING), "a window over the code") == "It multiplies."


async def test_neovim_keeps_what_is_typed_meanwhile(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    """The text moves while the answer is on its way, and the change still meets its lines."""
    upstream.will(says(TYPED))
    await nvim.edit(desk.file("a.py", CODE))
    await nvim.type("4GVj<C-k>add types<CR>ggOimport sys<Esc>")
    await nvim.lines_are("import sys", *lines(EDITED))


async def test_helix_does_a_wish_in_a_comment(editors: Editors, desk: Desk, upstream: Upstream) -> None:
    upstream.will(says(TYPED))
    async with helix(editors, desk, desk.file("a.py", WISHED)) as hx:
        await desk.wire.answered("initialize")
        await hx.type("4ggxx<Space>a")
        await hx.screen.shows("Foretype: add types")
        await hx.type("<Enter>")
        await hx.screen.shows("-> int:")
        assert await hx.written() == EDITED
        await hx.type("u")
        await hx.screen.shows("# !add types")
        assert await hx.written() == WISHED


async def test_helix_is_told_in_words_what_becomes_of_the_selected_lines(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(TYPED))
    async with helix(editors, desk, desk.file("a.py", CODE)) as hx:
        await desk.wire.answered("initialize")
        await hx.type('4ggxx<C-k>add types"<Enter>')
        await hx.screen.shows("-> int:")
        assert await hx.written() == EDITED
        await hx.type("u")
        await hx.screen.shows("def area(w, h):")
        assert await hx.written() == CODE


async def test_helix_says_a_short_explanation_and_shows_it_again_where_the_code_is(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("It multiplies."))
    async with helix(editors, desk, desk.file("a.py", CODE)) as hx:
        await desk.wire.answered("initialize")
        await hx.type("5gg")
        await hx.choose("Foretype: Explain")
        await hx.screen.shows("Foretype: It multiplies.")
        await hx.type("k<Space>k")

        async def is_over_the_code() -> bool:
            rows = await hx.screen.screen()
            return any("It multiplies." in row and "Foretype" not in row for row in rows)

        await until(is_over_the_code, "the explanation over the code")
