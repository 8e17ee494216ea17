"""Two editors at once on one file system, each with a server of its own."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from editors.desk import Desk
from editors.greeting import GREET, GREETING, suggesting
from editors.helix import helix_set_up
from editors.install import Editors
from editors.plugin import plugged

from contract.upstream import Upstream


async def test_both_are_served_and_the_end_of_one_server_is_not_the_others(
    both: Editors, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    beside = Desk(tmp_path, upstream.origin, beside=desk)
    other = desk.file("b.py", GREETING)
    async with plugged(both.neovim, desk) as nvim, helix_set_up(both, beside, other) as hx:
        await suggesting(nvim, desk, upstream)
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
