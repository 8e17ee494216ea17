"""Somebody who writes a program in a window, as people do: they take, refuse, mistype, mend and go back."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from pathlib import Path

from editors.model import knows
from vscode.window import Window

from contract.upstream import Upstream

SLOWEST_KEY_MS = 120
FASTEST_KEY_MS = 20
LEAST_TYPED = 3
FURTHEST_BACK = 12


class Typist:
    """Knows what the text must be: nothing is read back from the editor."""

    def __init__(self, window: Window, upstream: Upstream, file: Path, seed: int) -> None:
        self.window = window
        self.file = file
        self.lines: list[str] = []
        self.accepted = 0
        self._upstream = upstream
        self._random = random.Random(seed)
        self._habits: list[Callable[[str], Awaitable[None]]] = [
            self._take,
            self._take,
            self._take_a_word_first,
            self._refuse,
            self._type_on,
            self._mistype,
        ]

    @property
    def text(self) -> str:
        return "".join(f"{line}\n" for line in self.lines)

    async def write(self, line: str) -> None:
        """One more line at the end, in one of the ways in which a line comes about."""
        self._upstream.always(knows(line))
        await self._random.choice(self._habits)(line)
        await self.window.press("Enter")
        self.lines.append(line)

    async def go_back(self) -> None:
        """Change a line further up, or throw it away, and return to the end."""
        back = self._random.randint(1, min(FURTHEST_BACK, len(self.lines)))
        await self.window.press(*["ArrowUp"] * back, "End")
        if self._random.random() < 0.5:
            await self._keys("  # again")
            self.lines[-back] += "  # again"
        else:
            await self.window.press("Control+Shift+K")
            del self.lines[-back]
        await self.window.press("Control+End")

    async def type_on(self, line: str) -> None:
        """A line of which nobody helps with anything."""
        await self._type_on(line)
        await self.window.press("Enter")
        self.lines.append(line)

    async def is_on_disk(self) -> None:
        await self.window.file_is(self.file, self.text)

    async def _take(self, line: str) -> None:
        await self._until_ghost(line)
        await self.window.press("Tab")
        self.accepted += 1
        await self.window.ghost_is("")

    async def _take_a_word_first(self, line: str) -> None:
        rest = await self._until_ghost(line)
        await self.window.press("Control+ArrowRight")

        async def is_shorter() -> bool:
            ghost = await self.window.ghost()
            return ghost != rest and rest.endswith(ghost) and ghost != ""

        await self.window.until(is_shorter, f"less than {rest!r}")
        await self.window.press("Tab")
        self.accepted += 1

    async def _refuse(self, line: str) -> None:
        rest = await self._until_ghost(line)
        await self.window.press("Escape")
        await self.window.ghost_is("")
        await self._keys(rest)

    async def _type_on(self, line: str) -> None:
        await self._keys(line)

    async def _mistype(self, line: str) -> None:
        await self._keys(line[:LEAST_TYPED] + "zz")
        await self.window.press("Backspace", "Backspace")
        await self._keys(line[LEAST_TYPED:])

    async def _until_ghost(self, line: str) -> str:
        """Type a part of the line, and wait until all that is left of it is suggested."""
        typed = self._random.randint(LEAST_TYPED, len(line) // 2)
        await self._keys(line[:typed])
        await self.window.ghost_is(line[typed:])
        return line[typed:]

    async def _keys(self, text: str) -> None:
        """Quick within a word, slower where one thinks."""
        for key in text:
            delay = self._random.uniform(FASTEST_KEY_MS, SLOWEST_KEY_MS)
            await self.window.page.keyboard.type(key, delay=delay)
