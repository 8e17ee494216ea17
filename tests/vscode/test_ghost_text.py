"""Ghost text in a real VS Code, one key after the other."""

from __future__ import annotations

from editors.desk import Desk
from editors.model import knows
from vscode.window import Window

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"


async def test_typing_shows_the_rest_of_the_line_and_tab_takes_it(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    file = desk.file("a.py", GREETING)
    await vscode.open(file)
    await vscode.type("pri")
    await vscode.ghost_is("nt(greet(1))")
    await vscode.press("Tab")
    await vscode.file_is(file, GREETING + GREET)
