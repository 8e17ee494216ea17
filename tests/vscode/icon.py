"""Makes the extension's icon, a PNG as VS Code wants it, of its drawing.

From the folder tests:  python -m vscode.icon
"""

from __future__ import annotations

import asyncio

from playwright.async_api import async_playwright

from vscode.extension import CLIENT
from vscode.install import installed

SIDE = 128


async def draw() -> None:
    programs = installed()
    assert programs is not None, "the icon is drawn by a browser"
    drawing = (CLIENT / "media" / "icon.svg").read_text(encoding="utf-8")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=programs.browser, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport={"width": SIDE, "height": SIDE})
        await page.set_content(f"<style>body {{ margin: 0 }} svg {{ display: block }}</style>{drawing}")
        await page.screenshot(path=CLIENT / "media" / "icon.png", omit_background=True)
        await browser.close()


if __name__ == "__main__":
    asyncio.run(draw())
