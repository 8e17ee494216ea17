"""What Helix, Kakoune and Vim have in common: keys that are typed in modes, and a buffer that is written."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

from editors.patience import until
from editors.terminal import Terminal

Act = Callable[[], Awaitable[None]]


async def typed(screen: Terminal, keys: str, leave_insert_mode: Act) -> None:
    """Type this; what stands in angle brackets is a special key by tmux's name for it."""
    for text, key in re.findall(r"([^<]+)|<([^>]+)>", keys):
        if text:
            await screen.type(text)
        elif key == "Escape":
            await leave_insert_mode()
        else:
            await screen.press(key)


async def written(file: Path, write: Act, editor: str) -> str:
    """The text of the buffer, by way of the file that it is written to."""
    file.unlink()
    await write()

    async def look() -> bool:
        return file.exists() and file.stat().st_size > 0

    await until(look, f"the file that {editor} writes")
    return file.read_bytes().decode()
