"""Edits in words in a real VS Code: asked for, looked at beside the text, and taken change by change."""

from __future__ import annotations

from editors.desk import Desk
from editors.model import asked, says
from vscode.window import Window

from contract.upstream import Upstream

CODE = "def area(w, h):\n    return w * h\n\n\ndef edge(w, h):\n    return 2 * (w + h)\n"
TYPED = CODE.replace("(w, h):", "(w: int, h: int) -> int:")
FIRST = CODE.replace("area(w, h):", "area(w: int, h: int) -> int:")
SECOND = CODE.replace("edge(w, h):", "edge(w: int, h: int) -> int:")


async def ask(vscode: Window, words: str) -> None:
    await vscode.back_to_the_text()
    await vscode.press("Control+A", "Control+K", "Control+G")
    await vscode.page.get_by_placeholder("What is to become of the selection?").wait_for()
    await vscode.type(words)
    await vscode.press("Enter")


async def test_an_edit_is_shown_and_taken_change_by_change(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(says(f"```python\n{TYPED}```"))
    file = desk.file("a.py", CODE)
    await vscode.open(file)

    await ask(vscode, "add types")
    await vscode.shows_in_the_diff("area(w: int, h: int)", "edge(w: int, h: int)")
    request = (await asked(upstream)).heard.body["messages"][-1]["content"]
    assert "Request: add types" in request
    await vscode.press("Control+Backspace")
    await vscode.shows_in_the_diff("edge(w: int, h: int)", without="area(w: int")
    assert file.read_text() == CODE, "nothing is applied before all is decided"
    await vscode.press("Control+Enter")
    await vscode.file_is(file, SECOND)
    await vscode.press("Control+Z")
    await vscode.file_is(file, CODE)

    await ask(vscode, "add types")
    await vscode.shows_in_the_diff("area(w: int, h: int)")
    await vscode.press("Escape")
    await vscode.no_diff()
    await vscode.file_is(file, CODE)

    await vscode.press("Control+A", "Control+K", "Control+G")
    await vscode.row("add types").wait_for()
    await vscode.press("ArrowDown", "Enter")
    await vscode.shows_in_the_diff("area(w: int, h: int)")
    upstream.always(says(f"```python\n{FIRST}```"))
    await vscode.run("Foretype: Do the Edit in Another Way")
    await vscode.choose("Shorter")
    await vscode.shows_in_the_diff("area(w: int, h: int)", without="edge(w: int")
    await vscode.press("Control+Shift+Enter")
    await vscode.file_is(file, FIRST)
