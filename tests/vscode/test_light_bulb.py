"""The light bulb of a real VS Code: code is changed, or explained beside itself."""

from __future__ import annotations

from contextlib import suppress

import playwright.async_api as playwright

from editors.desk import Desk
from editors.model import says
from vscode.window import Window

from contract.upstream import Upstream

CODE = "def area(w, h):\n    return w * h\n"
TYPED = "def area(w: int, h: int) -> int:\n    return w * h\n"


async def test_an_entry_of_the_light_bulb_changes_the_code_and_another_explains_it(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    file = desk.file("a.py", CODE)
    await vscode.open(file)
    upstream.always(says(f"```python\n{TYPED}```"))
    entry = vscode.page.get_by_text("Add types").first

    async def has_menu() -> bool:
        """VS Code itself closes a menu that comes later than its own look for a light bulb."""
        await vscode.press("Control+A", "Control+Period")
        with suppress(playwright.TimeoutError):
            await entry.wait_for(timeout=3000)
        return await entry.is_visible()

    await vscode.until(has_menu, "the menu")
    await entry.click()
    await vscode.file_is(file, TYPED)

    upstream.always(says("It **multiplies** two numbers."))
    await vscode.run("Foretype: Explain the Selection or Block")

    async def explained() -> bool:
        for frame in vscode.page.frames:
            if await frame.locator("strong", has_text="multiplies").count():
                return True
        return False

    await vscode.until(explained, "the explanation, drawn")
    assert await vscode.page.locator(".editor-group-container").count() == 2, "it is beside the code"
