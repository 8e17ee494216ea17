"""Takes the picture in the README, of a real Neovim with a real server; only the model is scripted.

From the folder tests:  python -m editors.screenshot ../docs/neovim.svg
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from editors.desk import Desk
from editors.install import installed
from editors.model import writes
from editors.neovim import neovim_on_screen
from editors.picture import svg
from editors.terminal import WIDTH

from contract.upstream import serving

TITLE = "Neovim with a suggestion of Foretype's behind the cursor"
HEIGHT = 15
TEXT = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float


"""
TYPED = "    def distance_to(self, other):"
SUGGESTED = """
        dx = self.x - other.x
        dy = self.y - other.y
        return (dx * dx + dy * dy) ** 0.5"""


async def picture() -> str:
    editors = installed()
    assert editors is not None, "no editors are wanted here"
    with tempfile.TemporaryDirectory() as folder:
        async with serving() as upstream:
            upstream.always(writes(SUGGESTED))
            desk = Desk(Path(folder), upstream.origin)
            async with neovim_on_screen(editors, desk, desk.file("point.py", TEXT), HEIGHT) as screen:
                await screen.type("Gi" + TYPED)
                await screen.shows("return (dx")
                shown = await screen.screen(with_colours=True)
                return svg(shown[:HEIGHT], WIDTH, await screen.cursor(), TITLE)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(asyncio.run(picture()), encoding="utf-8")
