"""The chat in a real VS Code: asked by keys, read off its page, and its code put where the user says."""

from __future__ import annotations

from editors.desk import Desk
from editors.model import asked, begins_saying, says
from vscode.chat import chat_page
from vscode.window import Window

from contract.upstream import Upstream
from e2e.chatting import speaks
from e2e.test_chat_safety import called

CODE = "def area(w, h):\n    return w * h\n"
WORKED_IN = "def area(w, h):\n    edge = 1\n    return w * h\n"
CHANGE = {"path": "a.py", "old_text": "w * h", "new_text": "h * w"}
ANSWER = "Like **this**, see [here](https://elsewhere.example/x):\n\n```python\nedge = 1\n```\n"


async def test_an_answer_streams_is_stopped_goes_on_and_its_code_is_used(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    file = desk.file("a.py", CODE)
    await vscode.open(file)
    page = await chat_page(vscode)

    upstream.always(begins_saying("The first half of it"))
    await vscode.type("What is it?")
    await vscode.press("Enter")
    answer = page.locator('[data-speaker="assistant"]').first
    await answer.get_by_text("The first half").wait_for()
    await vscode.press("Escape")
    await answer.get_by_text("Stopped").wait_for()
    assert (await desk.wire.sent("foretype/chat"))["text"] == "What is it?"

    upstream.always(says(f" and the rest.\n\n{ANSWER}"))
    await page.get_by_role("button", name="Continue").click()
    await answer.get_by_text("and the rest.").wait_for()
    assert (await desk.wire.sent("foretype/chat", times=2))["goes_on"] is True
    await answer.get_by_text("[here](https://elsewhere.example/x)").wait_for()
    assert not await page.locator("a, #log img, iframe").count()
    assert await answer.locator("strong").inner_text() == "this"

    await answer.get_by_role("button", name="Insert at Cursor").click()
    await vscode.file_is(file, f"{CODE}edge = 1")
    await vscode.press("Control+A")
    await answer.get_by_role("button", name="Apply…").click()
    await vscode.shows_in_the_diff("edge = 1", without="def area")
    await vscode.press("Control+Enter")
    await vscode.file_is(file, "edge = 1")

    await page.get_by_role("button", name="New").click()
    await answer.wait_for(state="detached")
    await page.get_by_role("button", name="History").click()
    await page.locator("#list button:focus").wait_for()
    await vscode.press("Enter")
    await page.get_by_text("and the rest.").wait_for()

    await page.get_by_role("button", name="Choose the model").click()
    await vscode.page.get_by_text("Model for chat").wait_for()


async def test_an_image_is_pasted_a_proposal_reviewed_and_code_worked_in(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    file = desk.file("a.py", CODE)
    await vscode.open(file)
    await vscode.copy_image()
    page = await chat_page(vscode)
    await vscode.press("Control+V")
    await page.get_by_role("button", name="Leave out image 1").wait_for()
    upstream.will(speaks(called("propose_edit", CHANGE), word="tool_calls"))
    upstream.always(says("Proposed:\n\n```python\nedge = 1\n```\n"))
    await vscode.type("Turn it round, as drawn")
    await vscode.press("Enter")
    seen = (await asked(upstream)).heard.body["messages"][-1]["content"]
    assert [part["type"] for part in seen] == ["text", "image_url"]
    assert seen[1]["image_url"]["url"].startswith("data:image/png;base64,")

    await page.get_by_role("button", name="Review the proposed edit").click()
    await vscode.shows_in_the_diff("return h * w")
    await vscode.press("Escape")
    await vscode.no_diff()
    await vscode.file_is(file, CODE)
    await page.get_by_role("button", name="Review the proposed edit").click()
    await vscode.shows_in_the_diff("return h * w")
    await vscode.press("Control+Enter")
    turned = CODE.replace("w * h", "h * w")
    await vscode.file_is(file, turned)

    upstream.always(says(f"```python\n{WORKED_IN}```"))
    await vscode.back_to_the_text()
    await vscode.press("ArrowUp")
    await page.get_by_role("button", name="Apply…").click()
    await vscode.shows_in_the_diff("    edge = 1")
    await vscode.press("Control+Shift+Enter")
    await vscode.file_is(file, WORKED_IN)
    assert "Work this code in:" in upstream.visits[-1].heard.body["messages"][-1]["content"]
