"""A real Kakoune as `foretype setup` sets it up, with the real kakoune-lsp, which Debian has not."""

from __future__ import annotations

import asyncio
import itertools
import os
import re
import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.install import KAKOUNE, Editors, installed_too
from editors.modal import typed, written
from editors.patience import until
from editors.terminal import HEIGHT, WIDTH, Terminal, terminal
from editors.wire import Said, Wire
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS
from foretype.editors.writing import planned, write

ACTIONS = "textDocument/codeAction"
# How long after all is answered a menu that does not come was forgotten.
FORGOTTEN_S = 3.0
CLIENT = "FORETYPE_TEST_KAKOUNE_LSP"
KAKRC = "set-option global ui_options terminal_assistant=none\n"
NUMBERS = itertools.count(1)


class Kakoune:
    """Kakoune with one file open."""

    def __init__(self, screen: Terminal, file: Path, wire: Wire) -> None:
        self.screen = screen
        self.file = file
        self._wire = wire

    async def type(self, keys: str) -> None:
        """Type this; what stands in angle brackets is a special key by tmux's name for it."""
        await typed(self.screen, keys, self._leave_insert_mode)

    async def _leave_insert_mode(self) -> None:
        """A key right behind an Escape would be taken for one that was pressed with Alt."""
        await self.screen.shows(" insert ")
        await self.screen.press("Escape")
        await self.shows_no(" insert ")

    async def command(self, words: str) -> None:
        """Type this at Kakoune's prompt."""
        await self.screen.type(f":{words}")
        await self.screen.press("Enter")

    async def open_actions(self) -> None:
        """Open the menu of code actions; under load the client forgets a question for the next of its own."""
        asked_at_s = 0.0

        async def look() -> bool:
            nonlocal asked_at_s
            text = await self._text()
            if " prompt " in text and "Foretype: " in text:
                return True
            now_s = asyncio.get_running_loop().time()
            if now_s > asked_at_s + FORGOTTEN_S and all(self._wire.answers(ACTIONS)):
                asked_at_s = now_s
                await self.command("lsp-code-actions")
            return False

        await until(look, lambda: f"the menu of code actions\n{self._wire.transcript()}")

    async def choose(self, title: str) -> None:
        """Open the menu of code actions, and take the first of those that have these words."""
        await self.open_actions()
        await self.screen.type(title)
        screen: list[str] = []

        async def is_filtered() -> bool:
            screen[:] = await self.screen.screen()
            *menu, prompt = "\n".join(screen).rstrip().split("\n")
            entries = re.findall(r"Foretype: .*?(?=  )", "\n".join(menu))
            wanted = [entry for entry in entries if title.casefold() in entry.casefold()]
            return title in prompt and bool(entries) and entries == wanted

        await until(is_filtered, lambda: "\n".join([f"a menu of {title!r} alone on this screen:", *screen]))
        await self.screen.press("Enter")
        await self.shows_no(" prompt ")

    async def shows_no(self, text: str) -> None:
        async def look() -> bool:
            return text not in await self._text()

        await until(look, f"a screen without {text!r}")

    async def shows_lines(self, *lines: str) -> None:
        """Until these are the lines of the text, as far as Kakoune shows it."""

        async def look() -> bool:
            rows = [row.strip() for row in (await self.screen.screen())[: len(lines)]]
            return rows == [line.strip() for line in lines]

        await until(look, lambda: f"{lines} on the screen\n{self._wire.transcript()}")

    async def _text(self) -> str:
        return "\n".join(await self.screen.screen())

    async def written(self) -> str:
        """The text of the buffer, by way of the file that it is written to."""
        return await written(self.file, lambda: self.command("write!"), "Kakoune")


def named_client() -> Path | None:
    """The kakoune-lsp that a tester has: Debian has none, and none is looked for."""
    named = os.environ.get(CLIENT, "")
    return Path(named) if named else None


def start(folder: Path) -> str:
    return f'exec {shlex.quote(str(folder / KAKOUNE))} "$@"\n'


def set_up(desk: Desk, kakrc: str = "") -> None:
    """What `foretype setup kakoune` writes, below what the user has in kakrc."""
    file = desk.home / "config" / "kak" / "kakrc"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(kakrc)
    machine = Machine(desk.home, desk.environment, "linux", ("foretype",), lambda command: "")
    for change in planned(EDITORS["kakoune"](machine)):
        write(change)


@asynccontextmanager
async def kakoune(
    editors: Editors, desk: Desk, file: Path, client: Path, kakrc: str = KAKRC, height: int = HEIGHT
) -> AsyncIterator[Kakoune]:
    """Kakoune on this file, once the server knows of it and of its settings."""
    kak = installed_too(editors, "kak", start)
    desk.put_program("kak", f'exec {shlex.quote(str(kak))} "$@"')
    desk.put_program("kak-lsp", f'exec {shlex.quote(str(client))} "$@"')
    set_up(desk, kakrc)
    session = f"ft{os.getpid()}-{next(NUMBERS)}"
    async with terminal(editors.tmux, desk, [kak, "-s", session, file], WIDTH, height) as screen:
        try:
            await desk.wire.sent("textDocument/didOpen")
            await desk.wire.answered("textDocument/codeAction")
            yield Kakoune(screen, file, desk.wire)
        finally:
            await end(kak, session, desk)


async def end(kak: Path, session: str, desk: Desk) -> None:
    """Until Kakoune, its client and the server are gone: the client is a daemon that Kakoune tells to end."""
    process = await asyncio.create_subprocess_exec(
        kak, "-p", session, env=desk.environment, stdin=asyncio.subprocess.PIPE
    )
    await process.communicate(b"kill!")
    if desk.wire.said():
        await desk.wire.until(is_last_word, "the end of the server")


def is_last_word(said: Said) -> bool:
    return said.by == "tap" and "code" in said.message
