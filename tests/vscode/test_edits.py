"""Edits in words in a real VS Code: asked for, looked at beside the text, and taken change by change."""

from __future__ import annotations

import asyncio

from editors.desk import Desk
from editors.model import asked, says, says_slowly
from editors.patience import PATIENCE_S
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
    await vscode.saved(file)
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


async def test_an_edit_of_the_block_at_the_cursor_streams_is_given_up_and_done_again(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    file = desk.file("a.py", CODE)
    await vscode.open(file)
    await vscode.press("ArrowUp")
    goes_on = asyncio.Event()
    begun = "```python\ndef edge(w: int, h: int) -> int:\n"
    upstream.will(says_slowly(begun, "    return 2 * (w + h)\n```", go_on=asyncio.Event()))
    upstream.will(says_slowly(begun, "    return 2 * (w + h)\n```", go_on=goes_on))

    await vscode.press("Control+K", "Control+G")
    await vscode.page.get_by_placeholder("What is to become of this block?").wait_for()
    await vscode.type("add types")
    await vscode.press("Enter")
    await vscode.shows_in_the_diff("def area(w, h):", "edge(w: int, h: int)", without="return 2")
    await vscode.press("Escape")
    await vscode.no_diff()
    await asyncio.wait_for(upstream.all_closed(), PATIENCE_S)
    await vscode.file_is(file, CODE)

    await vscode.press("Control+K", "Control+G")
    await vscode.row("add types").wait_for()
    await vscode.press("ArrowDown", "Enter")
    await vscode.shows_in_the_diff("edge(w: int, h: int)", without="return 2")
    goes_on.set()
    await vscode.shows_in_the_diff("edge(w: int, h: int)", "return 2 * (w + h)")

    upstream.will(says("```python\ndef edge(w: float, h: float) -> float:\n    return 2 * (w + h)\n```"))
    await vscode.run("Foretype: Do the Edit Again")
    await vscode.shows_in_the_diff("edge(w: float, h: float)")
    await vscode.press("Control+Shift+Enter")
    await vscode.file_is(file, CODE.replace("edge(w, h):", "edge(w: float, h: float) -> float:"))
    assert await vscode.messages() == []
