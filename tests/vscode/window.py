"""The window of a VS Code: keys are pressed in it, and what its user sees is read off it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Error, Locator, Page, async_playwright

from editors.patience import PATIENCE_S, until
from vscode.code import START_S, Code

BETWEEN_KEYS_MS = 30
SIZE = {"width": 1100, "height": 700}
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-sync"),
    *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
)
# A page of an extension has its files from a made-up host, for which VS Code's own service worker answers.
OWN_FILES = ".vscode-resource.vscode-cdn.net"
GHOSTS = """() => [...document.querySelectorAll(
    '.view-lines .ghost-text, .view-lines .ghost-text-decoration, .suggest-preview-text'
)].map(each => each.textContent).join('').replaceAll('\\u00a0', ' ')"""
COPY_IMAGE = """async () => {
    const canvas = new OffscreenCanvas(8, 8);
    canvas.getContext('2d').fillRect(0, 0, 4, 4);
    await navigator.clipboard.write([new ClipboardItem({'image/png': await canvas.convertToBlob()})]);
}"""
# Notifications go away by themselves, so they are written down as they come.
NOTE_MESSAGES = """() => {
    window.messagesSeen = [];
    const note = node => node.querySelectorAll?.('.notification-list-item-message')
        .forEach(message => window.messagesSeen.push(message.textContent));
    new MutationObserver(changes => changes.forEach(change => change.addedNodes.forEach(note)))
        .observe(document.body, {childList: true, subtree: true});
}"""
STATUS = '.statusbar-item[id="foretype.foretype.foretype"]'
NOTE_STATUS = """status => {
    window.statusesSeen = [];
    const note = () => {
        const label = document.querySelector(`${status} a`)?.getAttribute('aria-label') ?? '';
        if (label !== window.statusesSeen.at(-1)) window.statusesSeen.push(label);
    };
    new MutationObserver(note)
        .observe(document.body, {childList: true, subtree: true, attributeFilter: ['aria-label']});
    note();
}"""


@dataclass
class Window:
    page: Page
    code: Code
    outside: set[str] = field(default_factory=set)

    # What its user does

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def type(self, text: str) -> None:
        await self.page.keyboard.type(text, delay=BETWEEN_KEYS_MS)

    async def open(self, file: Path) -> None:
        """Open a file of the project, with the cursor at its end."""
        await self.press("Control+P")
        await self.page.locator(".quick-input-widget input").first.fill(file.name)
        await self.row(file.name).wait_for()
        await self.press("Enter")
        await self.page.locator(f'.tab.active[data-resource-name="{file.name}"]').wait_for()
        await self.back_to_the_text()

    async def run(self, command: str) -> None:
        """Run a command by its name in the palette."""
        await self.press("F1")
        await self.page.locator(".quick-input-widget input").first.fill(f">{command}")
        await self.row(command).wait_for()
        await self.press("Enter")

    async def copy_image(self) -> None:
        """Puts a small image on the clipboard, as another program would."""
        await self.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await self.page.evaluate(COPY_IMAGE)

    async def choose(self, row: str) -> None:
        """Take an entry of the list that is open."""
        await self.page.locator(".quick-input-widget input").first.fill(row)
        await self.row(row).wait_for()
        await self.press("Enter")

    async def choose_in_menu(self, row: str) -> None:
        """Take an entry of the menu behind the item in the status bar, and go back to the text."""
        await self.status.click()
        await self.choose(row)
        await self.back_to_the_text()

    async def back_to_the_text(self) -> None:
        await self.page.locator(".editor-instance .monaco-editor .view-lines").first.click()
        await self.press("Control+1")
        await self.page.locator(".editor-instance .monaco-editor.focused").first.wait_for()
        await self.press("Control+End")

    async def answer(self, message: str, button: str) -> None:
        """Press a button of a notification."""
        toast = self.page.locator(".notification-toast").filter(has_text=message).first
        await toast.wait_for()
        await toast.get_by_role("button", name=button, exact=True).click()

    # What its user sees

    def row(self, text: str) -> Locator:
        return self.page.locator(".quick-input-list .monaco-list-row").filter(has_text=text).first

    @property
    def status(self) -> Locator:
        return self.page.locator(STATUS)

    async def status_is(self, words: str) -> None:
        """Wait until the item in the status bar says so to a screen reader."""

        async def look() -> bool:
            label = await self.status.locator("a").first.get_attribute("aria-label") or ""
            return words in label

        await self.until(look, f"the status {words!r}")

    async def statuses(self) -> list[str]:
        """All that the item in the status bar has said since the window opened."""
        return list(await self.page.evaluate("() => window.statusesSeen"))

    async def status_is_again(self, words: str, after: str, since: int) -> None:
        """Wait until the item says so once more, after it has said something else than it had by then."""

        async def look() -> bool:
            labels = (await self.statuses())[since:]
            return any(after in label for label in labels) and words in labels[-1]

        await self.until(look, f"the status {after!r}, then {words!r}")

    async def says(self, message: str, timeout_s: float = PATIENCE_S) -> None:
        """Wait for a notification with this text."""
        toast = self.page.locator(".notification-toast").filter(has_text=re.compile(message))
        await toast.first.wait_for(timeout=timeout_s * 1000)

    async def messages(self) -> list[str]:
        """Every notification that came up since the window opened."""
        return list(await self.page.evaluate("() => window.messagesSeen"))

    async def ghost(self) -> str:
        """The text that is shown and is not in the file."""
        return str(await self.page.evaluate(GHOSTS))

    async def ghost_is(self, text: str) -> None:
        async def look() -> bool:
            return await self.ghost() == text

        await self.until(look, f"the ghost text {text!r}")

    async def diff(self) -> str:
        """The changed side of the comparison that is open."""
        lines = self.page.locator(".monaco-diff-editor .editor.modified .view-line")
        return "\n".join(await lines.all_inner_texts()).replace("\u00a0", " ")

    async def shows_in_the_diff(self, *texts: str, without: str = "\0") -> None:
        async def look() -> bool:
            shown = await self.diff()
            return all(text in shown for text in texts) and without not in shown

        await self.until(look, f"a comparison with {texts}")

    async def no_diff(self) -> None:
        async def look() -> bool:
            is_shown = await self.page.locator(".monaco-diff-editor .editor.modified .view-line").count()
            has_focus = await self.page.locator(".editor-instance .monaco-editor.focused").count()
            return bool(has_focus) and not is_shown

        await self.until(look, "the end of the comparison")

    async def file_is(self, file: Path, text: str) -> None:
        async def look() -> bool:
            return file.read_text(encoding="utf-8") == text

        await self.until(look, f"{file.name} with {text!r}, in place of {file.read_text(encoding='utf-8')!r}")

    async def saved(self, file: Path) -> None:
        """Wait until VS Code knows that it has written the file: an undo before that is never saved."""
        uri, wire = file.as_uri(), self.code.desk.wire
        kinds = ("textDocument/didChange", "textDocument/didSave")

        async def look() -> bool:
            said = [each.message for each in wire.said() if each.message.get("method") in kinds]
            about = [each["method"] for each in said if each["params"]["textDocument"]["uri"] == uri]
            return about[-1:] == ["textDocument/didSave"]

        await self.until(look, f"{file.name} saved")

    async def picture(self, file: Path) -> None:
        await self.page.screenshot(path=file)

    async def until(self, look: Callable[[], Awaitable[bool]], what: str) -> None:
        try:
            await until(look, what)
        except AssertionError as never:
            await self.picture(self.code.folder / "never-came.png")
            ghost = await self.ghost()
            seen = await self.page.locator(".notification-toast").all_inner_texts()
            raise AssertionError(f"{never}\nghost: {ghost!r}\nmessages: {seen}\n{self.log()}") from None

    def log(self) -> str:
        """What the extension has logged."""
        logs = sorted(self.code.user_data.glob("logs/**/*Foretype.log"))
        return logs[-1].read_text(encoding="utf-8") if logs else self.code.desk.wire.transcript()[-4000:]


@asynccontextmanager
async def window(code: Code) -> AsyncIterator[Window]:
    """A browser with VS Code in it, once the extension shows itself; it asks nobody but this machine."""
    async with code.running(), async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=code.programs.browser, args=list(FLAGS))
        try:
            page = await browser.new_page(viewport=SIZE)  # type: ignore[arg-type]
            opened = Window(page, code)
            page.on("request", lambda request: opened.outside.add(request.url.split("/")[2]))
            await page.goto(f"{code.origin}/?folder={code.desk.project}")
            try:
                await opened.status.wait_for(timeout=START_S * 1000)
                await page.evaluate(NOTE_MESSAGES)
                await page.evaluate(NOTE_STATUS, STATUS)
            except Error:
                await opened.picture(code.folder / "no-start.png")
                raise
            yield opened
            here = {"", code.origin.removeprefix("http://")}
            assert not {host for host in opened.outside - here if not host.endswith(OWN_FILES)}
        finally:
            await browser.close()
