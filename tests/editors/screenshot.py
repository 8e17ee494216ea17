"""Takes the pictures in the README, of real editors with a real server; only the model is scripted.

From the folder tests:  python -m editors.screenshot ../docs          (or only some: ... ../docs vim helix)
That of Kakoune needs a kakoune-lsp, which FORETYPE_TEST_KAKOUNE_LSP names.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

from editors.desk import Desk
from editors.emacs import LSP_MODE, emacs
from editors.helix import helix_set_up
from editors.install import Editors, installed
from editors.kakoune import kakoune, named_client
from editors.model import knows, says_slowly, writes
from editors.neovim import neovim_on_screen
from editors.picture import svg
from editors.plugin import PluggedNeovim, settings
from editors.terminal import WIDTH, Terminal
from editors.vim import vim

from contract.upstream import Upstream, serving

HEIGHT = 17
TEXT = """\
from dataclasses import dataclass


@dataclass(frozen=True)
class Point:
    x: float
    y: float


"""
TYPED = "    def distance_to(self, other):"
SUGGESTED = """
        dx = self.x - other.x
        dy = self.y - other.y
        return (dx * dx + dy * dy) ** 0.5"""
WHOLE = TEXT.rstrip() + "\n\n" + TYPED + SUGGESTED + "\n"
NEW = """```python
def distance_to(self, other: Point) -> float:
    dx, dy = self.x - other.x, self.y - other.y
    re"""

Scene = Callable[[Editors, Desk, Upstream], Awaitable[str]]


async def drawn(screen: Terminal, title: str) -> str:
    shown = await screen.screen(with_colours=True)
    return svg(shown[:HEIGHT], WIDTH, await screen.cursor(), title)


async def ghost_text(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    upstream.always(writes(SUGGESTED))
    file = desk.file("point.py", TEXT)
    async with neovim_on_screen(editors, desk, file, HEIGHT, settings(), PluggedNeovim) as screen:
        await screen.type("Gi" + TYPED)
        await screen.shows("return (dx")
        return await drawn(screen, "Neovim with a suggestion of Foretype's behind the cursor")


async def edit(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    upstream.will(says_slowly(NEW, go_on=asyncio.Event()))
    file = desk.file("point.py", WHOLE)
    async with neovim_on_screen(editors, desk, file, HEIGHT, settings(), PluggedNeovim) as screen:
        await screen.type("9GV3j:")
        await screen.type("Foretype edit use hypot and add types")
        await screen.press("Enter")
        await screen.shows("dx, dy")
        return await drawn(screen, "Neovim while an edit is written below what it will replace")


async def menu(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    upstream.always(knows("print(Point(1, 2).distance_to(Point(4, 6)))"))
    async with helix_set_up(editors, desk, desk.file("point.py", TEXT + "\n"), HEIGHT) as hx:
        await hx.type_until_offered("geoprin", "✨ print")
        await hx.type("<Tab>")
        await hx.screen.shows("print(Point(1, 2).distance_to(Point(4, 6)))")
        return await drawn(hx.screen, "Helix with a suggestion of Foretype's in its menu and in the text")


async def action(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    wish = WHOLE.replace(TYPED, "    # !use hypot and add types\n" + TYPED)
    async with emacs(editors, desk, desk.file("point.py", wish), HEIGHT) as screen:
        await screen.press(*["C-n"] * 8)
        await screen.press("M-x")
        await screen.type("eglot-code-actions")
        await screen.press("Enter")
        await screen.shows("Pick an action")
        return await drawn(screen, "Emacs asks what to do; a wish in a comment is on offer")


async def ghost_text_in_emacs(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    upstream.always(writes(SUGGESTED))
    async with emacs(editors, desk, desk.file("point.py", TEXT), HEIGHT, LSP_MODE) as screen:
        await screen.press("M->")
        await screen.type(TYPED)
        await screen.shows("return (dx")
        return await drawn(screen, "Emacs with a suggestion of Foretype's behind the cursor")


async def ghost_text_in_vim(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    upstream.always(writes(SUGGESTED))
    async with vim(editors, desk, desk.file("point.py", TEXT), HEIGHT) as running:
        await running.screen.type("Gi" + TYPED)
        await running.screen.shows("return (dx")
        return await drawn(running.screen, "Vim with a suggestion of Foretype's behind the cursor")


async def menu_in_kakoune(editors: Editors, desk: Desk, upstream: Upstream) -> str:
    client = named_client()
    assert client is not None, "no kakoune-lsp is named"
    upstream.always(knows("print(Point(1, 2))"))
    async with kakoune(editors, desk, desk.file("point.py", TEXT), client, height=HEIGHT) as kak:
        await kak.type("geipri")
        await kak.screen.shows("✨ print")
        await kak.type("<C-n>")
        await kak.shows_lines(*TEXT.splitlines()[:-1], "print(Point(1, 2))")
        await kak.screen.shows("Foretype")
        return await drawn(kak.screen, "Kakoune with a suggestion of Foretype's in its menu and in the text")


SCENES: dict[str, Scene] = {
    "neovim": ghost_text,
    "neovim-edit": edit,
    "helix": menu,
    "emacs": ghost_text_in_emacs,
    "emacs-action": action,
    "vim": ghost_text_in_vim,
    **({"kakoune": menu_in_kakoune} if named_client() else {}),
}


async def picture(scene: Scene) -> str:
    editors = installed()
    assert editors is not None, "no editors are wanted here"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        async with serving() as upstream:
            return await scene(editors, Desk(Path(folder), upstream.origin), upstream)


if __name__ == "__main__":
    folder, *wanted = sys.argv[1:]
    for name in wanted or SCENES:
        Path(folder, f"{name}.svg").write_text(asyncio.run(picture(SCENES[name])), encoding="utf-8")
