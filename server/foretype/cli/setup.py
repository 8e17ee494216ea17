"""`foretype setup EDITOR`: the configuration that makes an editor start the server."""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from foretype.cli.doctor import line, server
from foretype.cli.findings import BAD, GOOD, NOTE, Finding
from foretype.editors.recipe import Machine, Recipe
from foretype.editors.table import ALSO, EDITORS
from foretype.editors.writing import copy, planned, write

EXAMPLE = """\
example:
    foretype setup neovim                     shows what would be written, and where
    foretype setup helix --language rust --language go --write
    foretype setup zed --print > part.json    the text and nothing else
"""
PATIENCE_S = 30
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def run(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    machine = this_machine(tuple(options.language or ("python",)))
    recipe = EDITORS[ALSO.get(options.editor, options.editor)](machine)
    if options.print:
        print("\n".join(file.text for file in recipe.files), end="")
        return 0
    if options.write:
        put(recipe)
    else:
        show(recipe)
    findings = [server(machine.command), *([verified(recipe)] if options.write and recipe.verify else [])]
    print("\n".join(map(line, findings)))
    return int(any(finding.verdict == BAD for finding in findings))


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="foretype setup",
        description="Shows the configuration that makes an editor start Foretype, for the version that is on "
        "this machine; writes it with --write, and keeps what was there.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    names = ", ".join((*EDITORS, *ALSO))
    made.add_argument("editor", choices=[*EDITORS, *ALSO], metavar="EDITOR", help=f"one of {names}")
    made.add_argument("--write", action="store_true", help="write it")
    made.add_argument("--print", action="store_true", help="print the texts alone, for copying or piping")
    made.add_argument(
        "--language",
        action="append",
        metavar="NAME",
        help="for editors that name servers by language (helix, eglot, vim, kakoune, kate); repeatable",
    )
    return made


def this_machine(languages: tuple[str, ...]) -> Machine:
    return Machine(Path.home(), dict(os.environ), sys.platform, server_command(), said_by, languages)


def server_command() -> tuple[str, ...]:
    """The short name where the editor will find this very program under it, else the whole way to it."""
    here = Path(sys.executable).with_name("foretype.exe" if sys.platform == "win32" else "foretype")
    named = shutil.which("foretype")
    if named is not None:
        is_here = not here.exists() or Path(named).resolve() == here.resolve()
        return ("foretype",) if is_here else (str(here),)
    return (str(here),) if here.exists() else (sys.executable, "-m", "foretype")


def said_by(command: tuple[str, ...]) -> str:
    """What a program of the user's PATH prints, without its colours; empty where it is not there or fails."""
    program = shutil.which(command[0])
    if program is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603 - an editor that the user has on PATH, without a shell
            [program, *command[1:]],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return COLOUR.sub("", done.stdout.decode("utf-8", "replace"))


def show(recipe: Recipe) -> None:
    print(f"# {recipe.found}\n")
    if recipe.tree:
        print(f"# the plugin is copied to {recipe.tree.destination}\n")
    for file in recipe.files:
        print(f"# {'into' if file.kind != 'own' else 'as'} {file.path}\n{file.text}")
    tell_notes(recipe)
    if recipe.files:
        print(f"foretype setup {recipe.editor} --write writes it, and keeps what is there now.\n")


def put(recipe: Recipe) -> None:
    """Every change is found out before the first is made."""
    changes = planned(recipe)
    print(recipe.found)
    if recipe.tree and copy(recipe.tree):
        print(f"copied    the plugin to {recipe.tree.destination}")
    for change in changes:
        if not change.is_needed:
            print(f"unchanged {change.path}")
            continue
        kept = write(change)
        print(f"written   {change.path}" + (f", the old one is {kept.name}" if kept else ""))
    tell_notes(recipe)


def tell_notes(recipe: Recipe) -> None:
    for note in recipe.notes:
        print(f"{note}\n")


def verified(recipe: Recipe) -> Finding:
    """Have the editor itself start the server, or at least find it."""
    said = said_by(recipe.verify)
    if any(all(word in each for word in recipe.proof) for each in said.splitlines()):
        return Finding(GOOD, recipe.editor, "finds the server and can start it")
    last = said.strip().splitlines()[-1:] or ["it said nothing"]
    return Finding(
        NOTE if not said else BAD, recipe.editor, f"did not start the server: {last[0]}", "foretype doctor"
    )
