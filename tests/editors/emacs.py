"""A real Emacs on a screen, with the configuration of `foretype setup emacs`."""

from __future__ import annotations

import shlex
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from editors.desk import Desk
from editors.install import STABLE, Editors, can_run, install, locked
from editors.terminal import HEIGHT, Terminal, terminal
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS

PACKAGES, PROGRAM = ("emacs-nox",), "usr/bin/emacs-nox"
START = """\
(require 'eglot)
(add-hook 'python-mode-hook #'eglot-ensure)
(setq eglot-autoshutdown t eglot-ignored-server-capabilities '(:inlayHintProvider))
"""


def installed_emacs(editors: Editors) -> Path:
    """A script that starts it where it lies: Emacs looks for its own files where Debian would put them."""
    folder = editors.folder.with_name(f"emacs-{STABLE}")
    start = folder / "emacs"
    with locked(folder.with_name(folder.name + ".lock")):
        if not can_run(start):
            install(folder, STABLE, PACKAGES, [PROGRAM])
            write_start(folder, start)
    return start


def write_start(folder: Path, start: Path) -> None:
    version = next((folder / "usr" / "share" / "emacs").glob("[0-9]*"))
    dump = next((folder / "usr" / "libexec" / "emacs").rglob("*.pdmp"))
    where = {
        "EMACSLOADPATH": version / "lisp",
        "EMACSDATA": version / "etc",
        "EMACSDOC": version / "etc",
        "EMACSPATH": dump.parent,
    }
    told = "".join(f"export {name}={shlex.quote(str(path))}\n" for name, path in where.items())
    command = shlex.join([str(folder / PROGRAM), f"--dump-file={dump}"])
    start.write_text(f'#!/bin/sh\n{told}exec {command} "$@"\n')
    start.chmod(0o755)


@asynccontextmanager
async def emacs(editors: Editors, desk: Desk, file: Path, height: int = HEIGHT) -> AsyncIterator[Terminal]:
    """Emacs on this file, once its server knows of it."""
    machine = Machine(desk.home, desk.environment, "linux", ("foretype",), lambda command: "")
    (text,) = (each.text for each in EDITORS["emacs-eglot"](machine).files)
    init = desk.home / "init.el"
    init.write_text(text + START)
    command: list[str | Path] = [installed_emacs(editors), "-Q", "-nw", "-l", init, file]
    async with terminal(editors.tmux, desk, command, height=height) as screen:
        await desk.wire.sent("textDocument/didOpen")
        await desk.wire.answered("initialize")
        yield screen
