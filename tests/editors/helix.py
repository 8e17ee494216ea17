"""A real Helix on a screen, configured as the README says."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.install import Editors
from editors.patience import until
from editors.readme import block
from editors.terminal import Terminal, terminal

# Newer versions ask first whether a folder is trusted, which is no matter of ours.
CONFIG = "[editor.workspace-trust]\nprompt = false\n"


class Helix:
    """Helix with one file open."""

    def __init__(self, screen: Terminal, file: Path) -> None:
        self.screen = screen
        self._file = file

    async def type(self, keys: str) -> None:
        """Type this; what stands in angle brackets is a special key by tmux's name for it."""
        for text, key in re.findall(r"([^<]+)|<([^>]+)>", keys):
            if text:
                await self.screen.type(text)
            elif key == "Escape":
                await self._leave_insert_mode()
            else:
                await self.screen.press(key)

    async def _leave_insert_mode(self) -> None:
        """A key right behind an Escape would be taken for one that was pressed with Alt."""
        await self.screen.shows(" INS ")
        await self.screen.press("Escape")
        await self.screen.shows(" NOR ")

    async def status(self) -> str:
        """What stands below the status line: what Helix says to its user."""
        return (await self.screen.screen())[-2].strip()

    async def written(self) -> str:
        """The text of the buffer, by way of the file that it is written to."""
        self._file.unlink()
        await self.type(":write!<Enter>")

        async def look() -> bool:
            return self._file.exists() and self._file.stat().st_size > 0

        await until(look, "the file that Helix writes")
        await self.screen.shows("written")
        return self._file.read_bytes().decode()


@asynccontextmanager
async def helix(editors: Editors, desk: Desk, file: Path) -> AsyncIterator[Helix]:
    """Helix on this file, once its server knows of it."""
    folder = desk.home / "config" / "helix"
    folder.mkdir(parents=True)
    (folder / "languages.toml").write_text(block("Helix", "toml"))
    (folder / "config.toml").write_text(CONFIG + block("For `Ctrl-k`", "toml", start="\n"))
    async with terminal(editors.tmux, desk, [editors.helix, file]) as screen:
        await desk.wire.sent("textDocument/didOpen")
        yield Helix(screen, file)
