"""A real Kate with the configuration of `foretype setup`, on a screen that Qt draws itself."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.display import Display, Picture, display
from editors.install import STABLE, CannotInstall, Editors, can_run, locked, unpack
from editors.patience import PATIENCE_S, until
from editors.ports import free_port
from editors.wire import Json
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS
from foretype.editors.writing import planned, write

PACKAGES = ("kate", "qt6-qpa-plugins", "fonts-dejavu-core", "fonts-dejavu-mono", "fonts-symbola")
# Half of the bytes that Kate depends on is for films, sounds, 3D and the start of a machine.
LEFT_OUT = (
    *("libllvm", "mesa-", "libz3", "libcodec2", "libav", "libaom", "libsvtav1", "libx26", "librsvg"),
    *("systemd", "libsystemd-shared", "plasma-", "gnupg", "passwd", "libspa", "libqt6quickcontrols2"),
)
SCREEN = "usr/lib/x86_64-linux-gnu/qt6/plugins/platforms/libqvnc.so"
# QHostAddress::Any and ::LocalHost as an argument of a call: Qt's screen is for this machine alone.
ANY, LOOPBACK = b"\xbe\x04\0\0\0\xe8", b"\xbe\x02\0\0\0\xe8"
FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{folder}/usr/share/fonts</dir>
  <cachedir>{folder}/fonts-seen</cachedir>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family></prefer></alias>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family></prefer></alias>
</fontconfig>
"""
START = """\
#!/bin/sh
export QT_PLUGIN_PATH={libraries}/qt6/plugins FONTCONFIG_FILE={folder}/fonts.conf
export XDG_DATA_DIRS={folder}/usr/share XDG_CONFIG_DIRS={folder}/etc/xdg
export QT_QPA_PLATFORM="${{QT_QPA_PLATFORM:-offscreen}}"
exec {loader} --library-path {libraries}:{libraries}/libproxy:{libraries}/pulseaudio:{libraries}/systemd \\
  --argv0 kate {folder}/usr/bin/kate "$@"
"""
LOOKS = "[KTextEditor Renderer]\nText Font=DejaVu Sans Mono,11,-1,5,400,0,0,0,0,0,0,0,0,0,0,1\n\n"
# How many points the bar has, at least, that stands behind the entry that Return takes, and its colour.
LEAST_CHOSEN, CHOSEN = 4000, bytes.fromhex("f5e0c2")
# Kate gives keys to the text, and not to its menu, for about a tenth of a second after that has come up.
MENU_HEARS_NO_KEY_S = 0.5
WIDTH, HEIGHT = 900, 520


class Kate:
    """Kate with one file open."""

    def __init__(self, screen: Display, desk: Desk, file: Path) -> None:
        self.screen = screen
        self.file = file
        self._desk = desk

    async def press(self, *keys: str) -> None:
        await self.screen.press(*keys)

    async def type(self, text: str) -> None:
        await self.screen.type(text)

    async def settled(self) -> Picture:
        """The screen once it stays the same; Kate draws it in turn with all else that it has to do."""
        last = await self.screen.picture()

        async def look() -> Picture | None:
            nonlocal last
            before, last = last, await self.screen.picture()
            return last if last == before else None

        return await until(look, "a screen that stays as it is")

    async def choose_first(self) -> None:
        """Open the menu of code actions, and take what is on top of it."""
        await self._offered_actions()
        await self.press("Down", "Return")

    async def choose(self, title: str) -> None:
        """Open the menu of code actions, and take this one."""
        titles = [action["title"] for action in await self._offered_actions()]
        await self.press(*["Down"] * (titles.index(title) + 1), "Return")

    async def _offered_actions(self) -> list[Json]:
        times = len(self._desk.wire.messages("editor", "textDocument/codeAction")) + 1
        await self.press("Alt+Return")
        answer = await self._desk.wire.answered("textDocument/codeAction", times)
        await self._desk.wire.read_by_editor()
        actions: list[Json] = answer["result"]
        return actions

    async def takes_no_more_edits(self) -> None:
        """Until Kate has waited long enough for what a command changes."""

        async def look() -> bool:
            return not await self._desk.wire.takes_edits()

        await until(look, "an edit that Kate refuses")

    async def offers(self) -> None:
        """Until the answer has come, an entry of the menu is chosen, and keys are the menu's."""
        await self._desk.wire.answered("textDocument/completion")
        await self._desk.wire.read_by_editor()

        async def look() -> bool:
            return (await self.settled()).count(CHOSEN) >= LEAST_CHOSEN

        await until(look, "a chosen entry of the menu")
        await asyncio.sleep(MENU_HEARS_NO_KEY_S)

    async def until_disk_has(self, text: str) -> None:
        """Save until the file is this text; Kate may save before it has done what an earlier key is for."""

        async def look() -> bool:
            await self.press("Control+s")
            await self.settled()
            return self.file.read_bytes().decode() == text

        await until(look, lambda: f"{text!r} in place of {self.file.read_bytes().decode()!r}")


def installed_kate(editors: Editors) -> Path:
    """The script that starts Debian's Kate where it was unpacked."""
    folder = editors.folder.with_name(f"kate-{STABLE}")
    script = folder / "kate"
    with locked(folder.with_name(folder.name + ".lock")):
        if not can_run(script):
            check_processor()
            unpack(folder, STABLE, PACKAGES, LEFT_OUT)
            keep_to_loopback(folder / SCREEN)
            (folder / "fonts.conf").write_text(FONTS.format(folder=folder))
            script.write_text(start(folder))
            script.chmod(0o755)
            if not can_run(script):
                raise CannotInstall(f"{script} was installed and does not start: remove {folder}.")
    return script


def check_processor() -> None:
    if os.uname().machine != "x86_64":
        raise CannotInstall("Kate's screen is kept to loopback by a change of x86-64 code.")


def keep_to_loopback(screen: Path) -> None:
    """Qt would show its screen to the whole network, and let it type."""
    code = screen.read_bytes()
    if code.count(ANY) != 1:
        raise CannotInstall(f"{screen} is not the one that is known.")
    screen.write_bytes(code.replace(ANY, LOOPBACK))


def start(folder: Path) -> str:
    """By the loader that came with it: what Kate starts in turn has the machine's own libraries."""
    loader = next(folder.glob("usr/lib/*/ld-linux*.so.*"))
    quoted = {"folder": folder, "loader": loader, "libraries": loader.parent}
    return START.format(**{name: shlex.quote(str(path)) for name, path in quoted.items()})


@asynccontextmanager
async def kate_unasked(editors: Editors, desk: Desk, file: Path) -> AsyncIterator[Kate]:
    """Kate on this file, set up by `foretype setup`, while it asks whether it may start the server."""
    machine = Machine(desk.home, desk.environment, "linux", ("foretype",), lambda command: "")
    for change in planned(EDITORS["kate"](machine)):
        write(change)
    port, runtime = free_port(), desk.home / "run"
    runtime.mkdir(mode=0o700, exist_ok=True)
    screen = f"vnc:size={WIDTH}x{HEIGHT}:port={port}"
    environment = {**desk.environment, "XDG_RUNTIME_DIR": str(runtime), "QT_QPA_PLATFORM": screen}
    command = (installed_kate(editors), "--block", "--startanon", "--qwindowgeometry",
               f"{WIDTH}x{HEIGHT}+0+0", "--style", "fusion", file)  # fmt: skip
    with (desk.home / "kate.log").open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command, env=environment, cwd=desk.project, stdout=log, stderr=log
        )
    try:
        async with display(port) as shown:
            yield Kate(shown, desk, file)
    finally:
        if process.returncode is None:
            process.kill()  # it would ask whether to save
        await asyncio.wait_for(process.wait(), PATIENCE_S)


@asynccontextmanager
async def kate(editors: Editors, desk: Desk, file: Path, settings: str = "") -> AsyncIterator[Kate]:
    """Kate on this file, once the server that its user has allowed before knows of it."""
    katerc = katerc_of(desk)
    katerc.parent.mkdir(parents=True, exist_ok=True)
    command = shutil.which("foretype", path=desk.environment["PATH"])
    katerc.write_text(f"{LOOKS}[lspclient]\nAllowedServerCommandLines={command} lsp\n{settings}")
    async with kate_unasked(editors, desk, file) as running:
        await desk.wire.sent("textDocument/didOpen")
        await running.settled()
        yield running


def katerc_of(desk: Desk) -> Path:
    return desk.home / "config" / "katerc"
