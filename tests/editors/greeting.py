"""The text that most tests of ghost text begin with, and how they begin."""

from __future__ import annotations

from editors.desk import Desk
from editors.model import knows
from editors.neovim import Neovim

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
ABOVE = ("def greet(name):", "    return name", "")
GREET = "print(greet(1))"


async def suggesting(nvim: Neovim, desk: Desk, upstream: Upstream) -> None:
    """Have `pri` typed in the last line, by a user to whom the model suggests the rest of GREET."""
    upstream.always(knows(GREET))
    await begun(nvim, desk)


async def begun(nvim: Neovim, desk: Desk) -> None:
    """The same, with a model that the test has told already what to write."""
    await nvim.edit(desk.file("a.py", GREETING))
    await nvim.type("Gipri")
    await nvim.ghost_is(3, 3, "nt(greet(1))")
