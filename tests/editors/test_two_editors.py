"""Two editors at once on one file system, each with a server of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from editors.desk import Desk
from editors.helix import helix_set_up
from editors.install import Editors
from editors.model import knows
from editors.plugin import plugged

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"


async def test_both_are_served_and_the_end_of_one_server_is_not_the_others(
    both: Editors, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    beside = Desk(tmp_path, upstream.origin, beside=desk)
    file = desk.file("a.py", GREETING)
    other = desk.file("b.py", GREETING)
    async with plugged(both.neovim, desk) as nvim, helix_set_up(both, beside, other) as hx:
        await nvim.edit(file)
        await nvim.type("Gipri")
        await nvim.ghost_is(3, 3, "nt(greet(1))")
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await hx.type("geopri")
        await beside.wire.answered("textDocument/completion")
        await hx.type("n")
        await hx.screen.shows("✨ print(greet(1))")
        await hx.type("<Tab>")
        await hx.screen.shows(GREET)
        await hx.type("<Enter><Escape>")
        assert GREET in await hx.written()
        await nvim.attached()
        await nvim.type("n")
        await nvim.ghost_is(3, 4, "t(greet(1))")
    assert desk.wire.server_pid != beside.wire.server_pid
