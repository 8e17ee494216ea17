"""The chat of a window."""

from __future__ import annotations

from playwright.async_api import Frame

from vscode.window import Window


async def chat_page(vscode: Window) -> Frame:
    """Its page, with the focus where one writes."""
    await vscode.run("Foretype: Open the Chat")
    found: list[Frame] = []

    async def look() -> bool:
        found[:] = [frame for frame in vscode.page.frames if await frame.locator("#words:focus").count()]
        return bool(found)

    await vscode.until(look, "the chat's page")
    return found[0]
