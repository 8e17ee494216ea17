"""Takes the picture of Kate in the README: a real one with a real server; only the model is scripted.

From the folder tests:  python -m editors.kate_screenshot ../docs
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from pathlib import Path

from editors.desk import Desk
from editors.install import installed
from editors.kate import kate
from editors.model import knows

from contract.upstream import serving

TEXT = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float

    def distance_to(self, other: "Point") -> float:
        dx, dy = self.x - other.x, self.y - other.y
        return (dx * dx + dy * dy) ** 0.5


start = Point(1, 2)

"""
LINE = "print(start.distance_to(Point(4, 6)))"
# Without the folders, whose names are of no interest.
LOOKS = "[General]\nShow Url Nav Bar=false\n"


async def take(folder: Path, home: Path) -> None:
    editors = installed()
    assert editors is not None, "no editors are wanted here"
    async with serving() as upstream:
        upstream.always(knows(LINE))
        desk = Desk(home, upstream.origin)
        async with kate(editors, desk, desk.file("point.py", TEXT), LOOKS) as running:
            await running.press("Control+End", "Up")
            await running.type("prin")
            await running.offers()
            (folder / "kate.png").write_bytes((await running.settled()).png())


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        asyncio.run(take(Path(sys.argv[1]), Path(home)))
