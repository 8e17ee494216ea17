"""Vim: ghost text over ALE, which the file of ours sets up, or the menu of another plugin that speaks LSP."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from foretype.editors.recipe import File, Machine, Recipe, Tree
from foretype.editors.texts import VIM_PLUGIN, configuration, listed, quoted
from foretype.editors.version import found, told

OLDEST = (9, 1)
PROOF = ("the server answers",)
QUIETLY = ("-N", "-u", "NONE", "-i", "NONE", "-es")


def vim(machine: Machine) -> Recipe:
    program, *arguments = command = (*machine.command, "lsp")
    text = configuration(
        "foretype.vim",
        types=listed(machine.languages),
        program=quoted(program),
        arguments=listed(arguments),
        command=listed(command),
    )
    folder = machine.home / ("vimfiles" if machine.is_windows else ".vim")
    editor = found(machine, "vim")
    notes = [
        "It needs a plugin that speaks LSP: ALE for ghost text, yegappan/lsp or vim-lsp for a menu.",
        f"This is for {', '.join(machine.languages)}; --language NAME names others.",
    ]
    if editor and editor.version < OLDEST:
        notes.insert(0, "Ghost text needs Vim 9.1 or newer: this one is older, and has the menu only.")
    return Recipe(
        "vim",
        told(editor, "Vim"),
        (File(folder / "plugin" / "foretype.vim", text, "own", '"'),),
        Tree(VIM_PLUGIN, folder / "pack" / "foretype" / "start" / "foretype"),
        tuple(notes),
        (editor.program, *QUIETLY, *trial(command)) if editor and editor.version >= OLDEST else (),
        PROOF,
    )


def trial(command: Sequence[str]) -> Iterator[str]:
    """Options that make Vim speak to the server itself."""
    steps = (
        f"let job = job_start({listed(command)}, #{{mode: 'lsp'}})",
        "let hello = #{method: 'initialize', params: #{capabilities: {}}}",
        "let answer = ch_evalexpr(job, hello, #{timeout: 15000})",
        f"verbose echo has_key(answer, 'result') ? '{PROOF[0]}' : 'the server did not answer'",
        "qall!",
    )
    for step in steps:
        yield from ("-c", step)
