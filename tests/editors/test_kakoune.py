"""What `foretype setup kakoune` writes, in a real Kakoune; kakoune-lsp, which Debian has not, is played."""

from __future__ import annotations

import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.install import KAKOUNE, Editors, installed_too
from foretype.editors.recipe import Machine
from foretype.editors.table import EDITORS
from foretype.editors.writing import planned, write

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

# What kakoune-lsp does: it names the server of a language, and afterwards Foretype's hook has its turn.
CLIENT = """\
declare-option -hidden str lsp_servers
hook global User LSPDefaultConfig=python %{
    set-option buffer lsp_servers %{
[pylsp]
root_globs = [".git"]
    }
}
"""
COMMANDS = (
    "edit -scratch; trigger-user-hook LSPDefaultConfig=python; "
    "echo -to-file {file} -- %opt{{lsp_servers}}; quit!"
)


def start(folder: Path) -> str:
    return f'exec {shlex.quote(str(folder / KAKOUNE))} "$@"\n'


def test_the_server_stands_beside_the_languages_own(editors: Editors, desk: Desk) -> None:
    kak = installed_too(editors, "kak", start)
    kakrc = desk.home / "config" / "kak" / "kakrc"
    kakrc.parent.mkdir(parents=True)
    kakrc.write_text(CLIENT)
    machine = Machine(desk.home, desk.environment, "linux", ("foretype",), lambda command: "")
    for change in planned(EDITORS["kakoune"](machine)):
        write(change)
    told = desk.home / "servers.toml"
    subprocess.run(
        [kak, "-n", "-ui", "dummy", "-e", f"source {kakrc}; {COMMANDS.format(file=told)}"],
        env=desk.environment, cwd=desk.project, timeout=20, check=True,
    )  # fmt: skip
    servers = tomllib.loads(told.read_text())
    assert servers["foretype"] == {"root_globs": [".git", ".hg"], "command": "foretype", "args": ["lsp"]}
    assert "pylsp" in servers
