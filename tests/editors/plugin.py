"""A real Neovim with the plugin, as `foretype setup neovim` sets it up."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from string import Template

from editors.desk import Desk
from editors.neovim import CLIENT, Neovim, neovim_of_kind, neovim_started

EDITORS = Path(__file__).parents[2] / "server" / "foretype" / "editors"
PLUGIN = EDITORS / "neovim"
GHOSTS = """
local space = vim.api.nvim_get_namespaces()['foretype.ghost']
return space and vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true }) or {}
"""
IS_ATTACHED = (
    CLIENT
    + """
return client ~= nil and client.initialized == true and #vim.lsp.get_clients({ bufnr = 0 }) > 0
"""
)
WRITING = """
local space = vim.api.nvim_get_namespaces()['foretype.edit']
local marks = vim.api.nvim_buf_get_extmarks(0, space, 0, -1, { details = true })
local lines = {}
for _, line in ipairs(marks[1] and marks[1][4].virt_lines or {}) do lines[#lines + 1] = line[1][1] end
return table.concat(lines, '\\n')
"""
PAGE = """
local page = vim.fn.bufnr('foretype://chat')
return page > 0 and table.concat(vim.api.nvim_buf_get_lines(page, 0, -1, false), '\\n') or ''
"""


class PluggedNeovim(Neovim):
    """A Neovim whose ghost text is the plugin's own."""

    ghosts = GHOSTS
    is_attached = IS_ATTACHED

    async def writing(self) -> str:
        """The new text of the edit that is being written, as it is shown."""
        return str(await self.lua(WRITING))

    async def edit_is_over(self) -> None:
        over = partial(self.lua, "return not require('foretype.edit').is_running()")
        await self.until(over, "the end of the edit")

    async def answer_is_over(self) -> None:
        over = partial(self.lua, "return not require('foretype.chat').is_running()")
        await self.until(over, "the end of the answer")

    async def page(self) -> str:
        """The conversation in its split."""
        return str(await self.lua(PAGE))

    async def writing_is(self, text: str) -> None:
        async def look() -> bool:
            return await self.writing() == text

        await self.until(look, f"the edit that shows {text!r}")

    async def page_has(self, text: str) -> None:
        async def look() -> bool:
            return text in await self.page()

        await self.until(look, f"{text!r} in the chat")

    async def has_said(self, words: str) -> None:
        async def look() -> bool:
            return words in await self.messages()

        await self.until(look, f"the message {words!r}")


def settings(more: str = "") -> str:
    """The configuration that a user gets, with the plugin found where it lies."""
    lua = Template((EDITORS / "configs" / "neovim.lua").read_text()).substitute(
        command="{ 'foretype', 'lsp' }"
    )
    return (
        f"vim.opt.runtimepath:prepend('{PLUGIN}')\n"
        "vim.ui.input = function(how, done) vim.g.asked = how.prompt; done(vim.g.words) end\n"
        f"{lua}{more}"
    )


@asynccontextmanager
async def plugged(
    program: Path, desk: Desk, before: str = "", more: str = ""
) -> AsyncIterator[PluggedNeovim]:
    async with neovim_of_kind(PluggedNeovim, program, desk, before, settings(more)) as running:
        yield running


@asynccontextmanager
async def plugged_by_setup(program: Path, desk: Desk) -> AsyncIterator[PluggedNeovim]:
    """Neovim as it comes, with the configuration that it finds in its user's folders."""
    start = (program, "--headless", "-n", "-i", "NONE")
    async with neovim_started(PluggedNeovim, start, desk) as running:
        yield running
