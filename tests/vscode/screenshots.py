"""Takes the pictures of VS Code, a real one with a real server; only the model is scripted.

From the folder tests:  python -m vscode.screenshots ../docs
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from functools import partial
from pathlib import Path

from editors.desk import Desk
from editors.model import says, writes
from vscode.code import Code
from vscode.extension import built
from vscode.install import installed
from vscode.test_models import lists_nothing_and
from vscode.window import Window, window

from contract.hugging_face import HuggingFace, hugging_face, router_row
from contract.upstream import serving
from e2e.test_router import TOKEN

TEXT = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Rectangle:
    width: float
    height: float

    @property
    def area(self) -> float:
        return self.width * self.height


def largest(rectangles: list[Rectangle]) -> Rectangle:
    return """
REST = "max(rectangles, key=lambda rectangle: rectangle.area)"

MODELS = (
    ("Qwen/Qwen2.5-Coder-7B-Instruct", 32_768, 0.03, 210),
    ("Qwen/Qwen2.5-Coder-32B-Instruct", 131_072, 0.06, 340),
    ("Qwen/Qwen3-Coder-30B-A3B-Instruct", 262_144, 0.07, 280),
)

EDITED = """\
def largest(rectangles: Sequence[Rectangle]) -> Rectangle:
    \"\"\"The one with the largest area; the first of several.\"\"\"
    return max(rectangles, key=lambda rectangle: rectangle.area)
"""
ANSWER = f"""\
`largest` takes **any sequence** once it says so:

```python
{EDITED}```

| rectangles | answer |
|---|---|
| none | `max` raises a `ValueError` |
| two as large | the first one |
"""


async def take(folder: Path) -> None:
    programs = installed()
    assert programs is not None, "the pictures are taken of a real VS Code"
    with tempfile.TemporaryDirectory() as place:
        package = built(Path(place))
        async with serving() as upstream, hugging_face() as hf:
            list_models(hf)
            upstream.always(lists_nothing_and(writes(REST)))
            desk = Desk(Path(place), upstream.origin)
            code = Code(programs, desk, Path(place))
            code.write_settings(foretype__server__path=str(Path(place) / "bin" / "foretype"))
            code.environment |= {
                "HF_ENDPOINT": hf.hub.origin,
                "FORETYPE_ROUTER_URL": hf.router.origin,
                "HF_TOKEN": TOKEN,
            }
            await code.install(package)
            async with window(code) as vscode:
                await vscode.status_is("ready")
                await pictures(vscode, desk, folder)
            upstream.always(says(ANSWER))
            file = desk.file("largest.py", TEXT.rpartition("\n\n\n")[2] + REST + "\n")
            async with window(code) as vscode:
                await vscode.status_is("ready")
                await pictures_of_what_is_asked(vscode, file, folder)


def list_models(hf: HuggingFace) -> None:
    """A list as Hugging Face's router has it, with prices made up."""
    hf.knows(TOKEN)
    for name, context, price, latency in MODELS:
        costs = {"input": price, "output": 3 * price}
        facts = {"context_length": context, "pricing": costs, "first_token_latency_ms": latency}
        hf.router_list.append(router_row(name, novita=facts))
        hf.serve(name, novita=name)


async def pictures(vscode: Window, desk: Desk, folder: Path) -> None:
    await vscode.page.set_viewport_size({"width": 900, "height": 480})
    await vscode.press("Control+B")
    await vscode.open(desk.file("shapes.py", TEXT.removesuffix("return ")))
    await vscode.type("return ")
    await vscode.ghost_is(REST)
    await vscode.status_is("ready")
    await vscode.picture(folder / "vscode.png")
    await vscode.press("Tab")
    await vscode.status.click()
    await vscode.row("Snooze").wait_for()
    await vscode.picture(folder / "vscode-menu.png")
    await vscode.press("Escape")
    await vscode.run("Foretype: Choose a Model")
    await vscode.choose("Completions")
    await vscode.row("per million tokens").wait_for()
    await vscode.picture(folder / "vscode-models.png")
    await vscode.press("Escape")
    await vscode.page.set_viewport_size({"width": 1100, "height": 700})
    await vscode.run("Foretype: Get Started")
    await vscode.until(partial(explained, vscode), "the page beside the steps")
    await vscode.picture(folder / "vscode-walkthrough.png")


async def pictures_of_what_is_asked(vscode: Window, file: Path, folder: Path) -> None:
    await vscode.page.set_viewport_size({"width": 1100, "height": 620})
    await vscode.open(file)
    await vscode.press("Control+A", "Control+K", "Control+G")
    await vscode.page.get_by_placeholder("What is to become of the selection?").wait_for()
    await vscode.type("take any sequence, and add a docstring")
    await vscode.press("Enter")
    await vscode.shows_in_the_diff("Sequence[Rectangle]")
    await vscode.page.locator(".monaco-diff-editor .line-insert").first.wait_for()
    await vscode.picture(folder / "vscode-edit.png")
    await vscode.press("Escape")
    await vscode.no_diff()
    await vscode.back_to_the_text()
    await vscode.run("Foretype: Open the Chat")
    await vscode.until(partial(shown, vscode, "#words:focus"), "the chat's page")
    await vscode.type("what could be better here?")
    await vscode.press("Enter")
    await vscode.until(partial(shown, vscode, "#log figure"), "the answer")
    await vscode.until(partial(shown, vscode, "#send:visible"), "the end of it")
    await vscode.picture(folder / "vscode-chat.png")


async def shown(vscode: Window, selector: str) -> bool:
    """Whether a page of an extension has such an element."""
    return any([await frame.locator(selector).count() for frame in vscode.page.frames])


async def explained(vscode: Window) -> bool:
    """Whether what explains the first step is drawn; it is a page of its own."""
    for frame in vscode.page.frames:
        if await frame.get_by_text("asks for one now").count():
            return True
    return False


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
