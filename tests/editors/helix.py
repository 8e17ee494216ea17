"""A real Helix on a screen, configured as the README says."""

from __future__ import annotations

import re
import subprocess
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.install import Editors
from editors.modal import typed, written
from editors.patience import until
from editors.readme import block
from editors.terminal import HEIGHT, Terminal, terminal
from editors.wire import Wire
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS

# How the entry of a menu that Enter takes is drawn: on white.
CHOSEN = re.compile(r"\x1b\[48;2;255;255;255m (Foretype: .*?) *\x1b")
NUMBERED = re.compile(r"\W*\d+ ")
COMPLETION = "textDocument/completion"
# Newer versions ask first whether a folder is trusted, which is no matter of ours.
CONFIG = "[editor.workspace-trust]\nprompt = false\n"


class Helix:
    """Helix with one file open."""

    def __init__(self, screen: Terminal, file: Path, wire: Wire) -> None:
        self.screen = screen
        self.file = file
        self._wire = wire

    async def type(self, keys: str) -> None:
        """Type this; what stands in angle brackets is a special key by tmux's name for it."""
        await typed(self.screen, keys, self._leave_insert_mode)

    async def _leave_insert_mode(self) -> None:
        """A key right behind an Escape would be taken for one that was pressed with Alt."""
        await self.screen.shows(" INS ")
        await self.screen.press("Escape")
        await self.screen.shows(" NOR ")

    async def type_until_offered(self, keys: str, entry: str) -> None:
        """Type this and wait for its entry in the menu; after an answer with nothing, for which Helix opens
        none, type the last key again."""
        asked = len(self._wire.answers(COMPLETION))
        await self.type(keys)

        async def has_answer_to_show() -> bool:
            nonlocal asked
            answers = self._wire.answers(COMPLETION)
            if len(answers) == asked or answers[-1] is None:
                return False
            if answers[-1]["result"]["items"]:
                return True
            asked = len(answers)
            await self.type(f"<BSpace>{keys[-1]}")
            return False

        await until(has_answer_to_show, lambda: f"a menu with {entry!r}\n{self._wire.transcript()}")
        await self.screen.shows(entry)

    async def take_offer(self, line: str) -> None:
        """Choose what the menu offers, which shows this line in the text, take it, and leave insert mode."""
        await self.type("<Tab>")

        async def is_previewed() -> bool:
            return any(shown.endswith(f" {line}") for shown in await self._lines_of_text())

        await until(is_previewed, f"{line!r} in the text")
        await self.type("<Enter><Escape>")

    async def _lines_of_text(self) -> list[str]:
        """The lines on the screen that have a number, which those of a menu have not."""
        return [row.rstrip() for row in await self.screen.screen() if NUMBERED.match(row)]

    async def choose(self, title: str) -> None:
        """Open the menu of code actions, go down to this entry and take it."""
        await self.type("<Space>a")
        chosen = await until(self._chosen, "the menu")
        while chosen != title:
            before = chosen

            async def moved(before: str = before) -> str | None:
                now = await self._chosen()
                return now if now != before else None

            await self.type("<Down>")
            chosen = await until(moved, f"an entry below {before}")
        await self.type("<Enter>")

    async def _chosen(self) -> str | None:
        """The entry of the menu that Enter would take, which is drawn in white."""
        rows = await self.screen.screen(with_colours=True)
        return next((found[1] for row in rows if (found := CHOSEN.search(row))), None)

    async def status(self) -> str:
        """What stands below the status line: what Helix says to its user."""
        return (await self.screen.screen())[-2].strip()

    async def written(self) -> str:
        """The text of the buffer, by way of the file that it is written to."""

        async def write() -> None:
            await self.type(":write!<Enter>")
            await self.screen.shows("written")

        return await written(self.file, write, "Helix")


def set_up(editors: Editors, desk: Desk) -> None:
    """What `foretype setup helix` writes for this very version."""

    def run(command: tuple[str, ...]) -> str:
        program: list[str | Path] = [editors.helix, *command[1:]]
        done = subprocess.run(program, capture_output=True, text=True, env=desk.environment, check=False)
        return done.stdout if command[0] == "hx" else ""

    machine = Machine(desk.home, desk.environment, "linux", ("foretype",), run)
    for file in EDITORS["helix"](machine).files:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.text)
    with (desk.home / "config" / "helix" / "config.toml").open("a") as config:
        config.write("[editor.lsp]\ndisplay-progress-messages = true\n")
        if asks_for_trust(editors):
            config.write(CONFIG)


def asks_for_trust(editors: Editors) -> bool:
    """Older versions do not know the setting, and complain of it."""
    return b"workspace-trust" in editors.helix.read_bytes()


@asynccontextmanager
async def helix_set_up(
    editors: Editors, desk: Desk, file: Path, height: int = HEIGHT
) -> AsyncIterator[Helix]:
    """Helix with the keys and servers that `foretype setup` gives it."""
    set_up(editors, desk)
    async with terminal(editors.tmux, desk, [editors.helix, file], height=height) as screen:
        await desk.wire.sent("textDocument/didOpen")
        await desk.wire.answered("initialize")
        yield Helix(screen, file, desk.wire)


@asynccontextmanager
async def helix(
    editors: Editors, desk: Desk, file: Path, settings: str = "", languages: Sequence[str] = ()
) -> AsyncIterator[Helix]:
    """Helix on this file, once its server knows of it; more `languages` than the README's have it as well."""
    folder = desk.home / "config" / "helix"
    folder.mkdir(parents=True)
    more = (f'[[language]]\nname = "{name}"\nlanguage-servers = ["foretype"]\n' for name in languages)
    (folder / "languages.toml").write_text("\n".join((block("Helix", "toml"), *more)))
    keys = block("For `Ctrl-k`", "toml", start="\n")
    (folder / "config.toml").write_text(CONFIG + settings + keys)
    async with terminal(editors.tmux, desk, [editors.helix, file]) as screen:
        await desk.wire.sent("textDocument/didOpen")
        yield Helix(screen, file, desk.wire)
