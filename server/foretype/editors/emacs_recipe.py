"""Emacs: a part of the user's init file, for either of its two clients."""

from __future__ import annotations

import re
from pathlib import Path

from foretype.editors.recipe import File, Machine, Recipe
from foretype.editors.texts import configuration, lisp_list, quoted
from foretype.editors.version import found, told

PROOF = ("the server answers",)
CHAT = "M-x foretype-chat opens a conversation, where C-c C-c sends what you wrote."
LISP_MODES = {
    "python": "python-mode python-ts-mode", "rust": "rust-mode rust-ts-mode", "go": "go-mode go-ts-mode",
    "c": "c-mode c-ts-mode", "cpp": "c++-mode c++-ts-mode", "javascript": "js-mode js-ts-mode",
    "typescript": "typescript-ts-mode", "typescriptreact": "tsx-ts-mode",
    "shellscript": "sh-mode bash-ts-mode",
}  # fmt: skip
MODE_END = re.compile(r"(-ts)?-mode$")


def eglot(machine: Machine) -> Recipe:
    modes = " ".join(
        eglot_mode(mode, language)
        for language in machine.languages
        for mode in LISP_MODES.get(language, f"{language}-mode").split()
    )
    text = configuration("eglot.el", command=lisp_list((*machine.command, "lsp")), modes=modes)
    notes = (
        f"eglot asks one server for each buffer: for {', '.join(machine.languages)} it is this one then.",
        "M-x eglot starts it; C-M-i completes.",
        CHAT,
    )
    return emacs(machine, "emacs-eglot", text, notes)


def eglot_mode(mode: str, language: str) -> str:
    """A mode as eglot names its language, which is by the mode's name where nobody says otherwise."""
    return mode if MODE_END.sub("", mode) == language else f"({mode} :language-id {quoted(language)})"


def lsp_mode(machine: Machine) -> Recipe:
    text = configuration("lsp-mode.el", command=lisp_list((*machine.command, "lsp")))
    return emacs(
        machine, "emacs-lsp-mode", text, ("M-x lsp starts it beside the language's own server.", CHAT)
    )


def emacs(machine: Machine, name: str, text: str, notes: tuple[str, ...]) -> Recipe:
    editor = found(machine, "emacs")
    trial = configuration("trial.el", command=lisp_list((*machine.command, "lsp")))
    return Recipe(
        name,
        told(editor, "Emacs"),
        (File(init_file(machine), text, "block", ";;"),),
        notes=notes,
        verify=(editor.program, "-Q", "--batch", "--eval", trial) if editor else (),
        proof=PROOF,
    )


def init_file(machine: Machine) -> Path:
    """The one that Emacs reads: the first of its three places that exists."""
    places = (
        machine.home / ".emacs",
        machine.home / ".emacs.d" / "init.el",
        machine.configuration / "emacs" / "init.el",
    )
    return next((place for place in places if place.exists()), places[1])
