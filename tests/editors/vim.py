"""A real Vim with ALE on a screen, set up by `foretype setup vim`."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.install import VIM, Editors, installed_too
from editors.modal import written
from editors.patience import until
from editors.terminal import HEIGHT, Terminal, terminal
from editors.wire import Wire
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS
from foretype.editors.writing import copy, planned, write

SETTINGS = """\
set nocompatible nomodeline noswapfile expandtab shiftwidth=4 background=dark termguicolors
filetype plugin on
syntax on
set runtimepath+={ale}
let g:ale_linters = {{'python': ['foretype']}}
"""


def installed_vim(editors: Editors) -> Path:
    return installed_too(editors, "vim", start)


def start(folder: Path) -> str:
    runtime = next((folder / "usr" / "share" / "vim").glob("vim[0-9]*"))
    program = shlex.quote(str(folder / VIM))
    return f'export VIMRUNTIME={shlex.quote(str(runtime))}\nexec {program} "$@"\n'


class Vim:
    """Vim with one file open."""

    def __init__(self, screen: Terminal, file: Path, wire: Wire) -> None:
        self.screen = screen
        self._wire = wire
        self._file = file

    async def command(self, words: str) -> None:
        await self.screen.type(f":{words}")
        await self.screen.press("Enter")

    async def cursor_is_behind(self, text: str) -> None:
        """Wait until a line is typed this far; each of its characters is as wide as one."""

        async def look() -> bool:
            return (await self.screen.cursor())[0] == len(text)

        await until(look, f"the cursor behind {text!r}")

    async def keys_are_served_again(self) -> None:
        """Type until a second server is there: a key for one whose end ALE has not noticed yet is lost."""

        async def look() -> bool:
            await self.screen.type("n")
            await self.screen.press("BSpace")
            return len(self._wire.messages("editor", "textDocument/didOpen")) > 1

        await until(look, "a second server")

    async def written(self) -> str:
        """The text of the buffer in normal mode, by way of the file that it is written to."""
        return await written(self._file, lambda: self.command("write!"), "Vim")


@asynccontextmanager
async def vim(editors: Editors, desk: Desk, file: Path, height: int = HEIGHT) -> AsyncIterator[Vim]:
    """Vim on this file, once its server knows of it."""
    program = installed_vim(editors)
    recipe = EDITORS["vim"](Machine(desk.home, desk.environment, "linux", ("foretype",), lambda command: ""))
    assert recipe.tree is not None
    copy(recipe.tree)
    for change in planned(recipe):
        write(change)
    ale = program.parent / "usr" / "share" / "vim-ale"
    (desk.home / ".vimrc").write_text(SETTINGS.format(ale=ale))
    async with terminal(editors.tmux, desk, [program, file], height=height) as screen:
        await desk.wire.sent("textDocument/didOpen")
        await desk.wire.answered("initialize")
        yield Vim(screen, file, desk.wire)
