"""The server under VS Code: it crashes and comes back, and where it crashes too often that is said."""

from __future__ import annotations

import os
import signal
from pathlib import Path

from editors.desk import Desk
from editors.model import knows
from editors.patience import until
from vscode.window import Window

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"
MOST_CRASHES = 4


def servers(desk: Desk) -> list[int]:
    """Every server that was ever started, by its process id."""
    return [int(said.message["pid"]) for said in desk.wire.said() if "pid" in said.message]


async def started(desk: Desk, times: int) -> int:
    """The server of this number, once it has said that it is ready."""

    async def look() -> bool:
        return len(desk.wire.messages("editor", "initialized")) >= times

    await until(look, f"the {times}. start")
    return servers(desk)[times - 1]


async def test_a_server_that_was_killed_comes_back_until_it_is_too_often(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    file = desk.file("a.py", GREETING)
    await vscode.open(file)

    said = len(await vscode.statuses())
    os.kill(await started(desk, 1), signal.SIGKILL)
    await vscode.status_is_again("ready", after="starting", since=said)
    await vscode.type("pri")
    await vscode.ghost_is("nt(greet(1))")

    for crash in range(2, MOST_CRASHES + 1):
        os.kill(await started(desk, crash), signal.SIGKILL)
    await vscode.says("crashed four times")
    await vscode.status_is("the server does not run")
    assert len(servers(desk)) == MOST_CRASHES

    await vscode.answer("crashed four times", "Try again")
    await started(desk, MOST_CRASHES + 1)
    await vscode.status_is("ready")
    await vscode.back_to_the_text()
    await vscode.type("n")
    await vscode.ghost_is("t(greet(1))")


async def test_a_restart_is_one_new_server_and_no_old_one(vscode: Window, desk: Desk) -> None:
    first = await started(desk, 1)
    await vscode.run("Foretype: Restart the Server")
    await started(desk, 2)
    await vscode.status_is("ready")
    assert not Path(f"/proc/{first}").exists()
