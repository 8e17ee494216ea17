"""A terminal that nobody looks at: keys go in, and what is on the screen comes out."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from editors.desk import Desk
from editors.patience import until

WIDTH, HEIGHT = 80, 24


class NoTerminal(Exception):
    """tmux could not do what it was asked to."""


class Terminal:
    """One program in a tmux of its own."""

    def __init__(self, tmux: Path, desk: Desk) -> None:
        self._command = (str(tmux), "-u", "-S", str(desk.terminal), "-f", "/dev/null")
        self._desk = desk

    async def start(self, program: Sequence[str | Path], width: int, height: int) -> None:
        size = ("-x", str(width), "-y", str(height))
        await self._tmux("new-session", "-d", *size, shlex.join(map(str, program)))

    async def type(self, text: str) -> None:
        await self._tmux("send-keys", "-l", text)

    async def press(self, *keys: str) -> None:
        """Special keys, by tmux's names for them."""
        await self._tmux("send-keys", *keys)

    async def screen(self, *, with_colours: bool = False) -> list[str]:
        return (await self._tmux("capture-pane", "-p", *(["-e"] if with_colours else []))).split("\n")

    async def shows(self, text: str) -> list[str]:
        """The screen, once this text is on it."""
        screen: list[str] = []

        async def look() -> bool:
            screen[:] = await self.screen()
            return any(text in line for line in screen)

        await until(look, lambda: "\n".join([f"{text!r} on this screen:", *screen]))
        return screen

    async def cursor(self) -> tuple[int, int]:
        """Its column and row, both counted from 0."""
        column, row = (await self._tmux("display-message", "-p", "#{cursor_x} #{cursor_y}")).split()
        return int(column), int(row)

    async def stop(self) -> None:
        with suppress(NoTerminal):  # which ends with the program in it
            await self._tmux("kill-server")

    async def _tmux(self, *arguments: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *self._command, *arguments, env=self._desk.environment, cwd=self._desk.project,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        output, errors = await process.communicate()
        if process.returncode:
            raise NoTerminal(errors.decode())
        return output.decode()


@asynccontextmanager
async def terminal(
    tmux: Path, desk: Desk, program: Sequence[str | Path], width: int = WIDTH, height: int = HEIGHT
) -> AsyncIterator[Terminal]:
    """A program on a screen; both are gone afterwards."""
    running = Terminal(tmux, desk)
    await running.start(program, width, height)
    try:
        yield running
    finally:
        await running.stop()
