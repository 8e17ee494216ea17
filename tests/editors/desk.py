"""Everything around an editor on a user's machine: the command on PATH, the user's file, a file to edit."""

from __future__ import annotations

import itertools
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

from editors.wire import Wire

import editor

TAP = Path(__file__).with_name("tap.py")
SERVER = (sys.executable, "-m", "foretype")
PROBED_SERVER = (sys.executable, str(Path(__file__).parents[1] / "faults" / "probed_server.py"))


class Desk:
    """A folder that is all an editor sees of the machine: its home, and the project in it."""

    def __init__(
        self,
        folder: Path,
        upstream: str,
        server: Sequence[str] = SERVER,
        beside: Desk | None = None,
    ) -> None:
        """With another desk `beside` it, a second editor has the same home and project, and its own wire."""
        folder = folder / "beside" if beside else folder
        self.home: Path = beside.home if beside else folder / "home"
        self.project: Path = beside.project if beside else folder / "project"
        self.terminal = folder / "tmux"
        self._programs = folder / "bin"
        for each in (self.home, self.project, self._programs):
            each.mkdir(parents=True, exist_ok=True)
        self.wire = Wire(folder / "wire")
        self.numbers = itertools.count(1)
        self._put_command(server)
        if beside is None:
            self.write_config(upstream)

    def _put_command(self, server: Sequence[str]) -> None:
        """The command `foretype` as editors find it, with the tap in front of the server."""
        tap = shlex.join([sys.executable, str(TAP), str(self.wire.folder)])
        command = shlex.join(server)
        self.put_program("foretype", f'[ "$1" = lsp ] && exec {tap} {command} "$@"\nexec {command} "$@"')

    def put_program(self, name: str, script: str) -> None:
        """A command that is found before those of the machine, as lines of a shell script."""
        program = self._programs / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def write_config(self, upstream: str) -> None:
        """The user's own settings: one endpoint, one model, and all the time that it may want."""
        config = self.home / "foretype" / "config" / "config.toml"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(
            f'[endpoints.lab]\nurl = "{upstream}"\ndialect = "openai"\n\n'
            '[models]\ncomplete = ["lab:qwen2.5-coder-1.5b"]\nedit = ["lab:edit"]\nchat = ["lab:chat"]\n\n'
            "[complete]\ndeadline_ms = 60000\n"
        )

    def file(self, name: str, text: str) -> Path:
        path = self.project / name
        path.write_bytes(text.encode())
        return path

    @property
    def environment(self) -> dict[str, str]:
        """Nothing of the tester's own settings, and the command `foretype` found first."""
        variables = editor.environment(self.home, TERM="xterm-256color", LANG="C.UTF-8")
        folders = {
            f"XDG_{kind}_HOME": str(self.home / kind.lower()) for kind in ("CONFIG", "DATA", "STATE", "CACHE")
        }
        return {**variables, **folders, "PATH": f"{self._programs}:{variables['PATH']}"}
