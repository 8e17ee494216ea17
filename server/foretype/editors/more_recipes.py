"""The editors that need one text in one place."""

from __future__ import annotations

import json
from pathlib import Path

from foretype.editors.recipe import File, Json, Machine, Recipe
from foretype.editors.texts import configuration, lisp_list, listed, quoted
from foretype.editors.version import found, told

SERVE_PORT = 8377
LISP_MODES = {
    "python": "python-mode python-ts-mode", "rust": "rust-mode rust-ts-mode", "go": "go-mode go-ts-mode",
    "c": "c-mode c-ts-mode", "javascript": "js-mode js-ts-mode", "typescript": "typescript-ts-mode",
}  # fmt: skip


def eglot(machine: Machine) -> Recipe:
    modes = " ".join(LISP_MODES.get(each, f"{each}-mode") for each in machine.languages)
    text = configuration("eglot.el", command=lisp_list((*machine.command, "lsp")), modes=modes)
    notes = (
        f"eglot asks one server for each buffer: for {', '.join(machine.languages)} it is this one then.",
        "M-x eglot starts it; C-M-i completes.",
    )
    return emacs(machine, "emacs-eglot", text, notes)


def lsp_mode(machine: Machine) -> Recipe:
    text = configuration("lsp-mode.el", command=lisp_list((*machine.command, "lsp")))
    return emacs(machine, "emacs-lsp-mode", text, ("M-x lsp starts it beside the language's own server.",))


def emacs(machine: Machine, name: str, text: str, notes: tuple[str, ...]) -> Recipe:
    editor = found(machine, "emacs")
    return Recipe(
        name,
        told(editor, "Emacs"),
        (File(init_file(machine), text, "block", ";;"),),
        notes=notes,
    )


def init_file(machine: Machine) -> Path:
    """The one that Emacs reads: the first of its three places that exists."""
    places = (
        machine.home / ".emacs",
        machine.home / ".emacs.d" / "init.el",
        machine.configuration / "emacs" / "init.el",
    )
    return next((place for place in places if place.exists()), places[1])


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
    notes = ("It needs a plugin that speaks LSP: yegappan/lsp or prabirshrestha/vim-lsp.",)
    editor = told(found(machine, "vim"), "Vim")
    return Recipe("vim", editor, (File(folder / "plugin" / "foretype.vim", text, "own", '"'),), notes=notes)


def kate(machine: Machine) -> Recipe:
    server = {"command": [*machine.command, "lsp"], "root": "."}
    path = machine.configuration / "kate" / "lspclient" / "settings.json"
    wanted = {"servers": dict.fromkeys(machine.languages, server)}
    notes = (
        "Turn on the plugin LSP Client, in Kate's settings.",
        f"Kate asks one server for each language: for {', '.join(machine.languages)} it is this one then.",
    )
    editor = told(found(machine, "kate"), "Kate")
    return Recipe("kate", editor, (File(path, as_text(wanted), "json"),), notes=notes)


def sublime(machine: Machine) -> Recipe:
    client = {"enabled": True, "command": [*machine.command, "lsp"], "selector": "source | text"}
    editor = told(found(machine, "subl"), "Sublime Text")
    return Recipe(
        "sublime",
        editor,
        (
            File(
                packages(machine) / "User" / "LSP.sublime-settings",
                as_text({"clients": {"foretype": client}}),
                "json",
            ),
        ),
        notes=("It needs the package LSP, from Package Control.",),
    )


def packages(machine: Machine) -> Path:
    if machine.is_mac:
        return machine.home / "Library" / "Application Support" / "Sublime Text" / "Packages"
    if machine.is_windows:
        return machine.folder("APPDATA", "AppData", "Roaming") / "Sublime Text" / "Packages"
    return machine.configuration / "sublime-text" / "Packages"


def zed(machine: Machine) -> Recipe:
    """Zed takes suggestions from no language server: `foretype serve` speaks to it as OpenAI does."""
    url = f"http://127.0.0.1:{SERVE_PORT}/v1"
    model = {"name": "foretype", "display_name": "Foretype", "max_tokens": 32768}
    wanted = {
        "edit_predictions": {
            "provider": "open_ai_compatible_api",
            "open_ai_compatible_api": {
                "api_url": f"{url}/completions",
                "model": "foretype",
                "prompt_format": "qwen",
                "max_output_tokens": 128,
            },
        },
        "language_models": {
            "openai_compatible": {"Foretype": {"api_url": url, "available_models": [model]}},
        },
    }
    folder = machine.folder("APPDATA", "AppData", "Roaming") / "Zed" if machine.is_windows else None
    notes = (
        f"Start `foretype serve --port {SERVE_PORT}`; it prints a key, which Zed wants twice.",
        "Give it to Zed for the provider Foretype and for edit predictions; or set FORETYPE_API_KEY to it,",
        "and ZED_OPEN_AI_COMPATIBLE_EDIT_PREDICTION_API_KEY, where Zed is started from.",
    )
    editor = told(found(machine, "zed", "zeditor"), "Zed")
    path = (folder or machine.configuration / "zed") / "settings.json"
    return Recipe("zed", editor, (File(path, as_text(wanted), "json"),), notes=notes)


def vscode(machine: Machine) -> Recipe:
    editor = told(found(machine, "code", "codium"), "VS Code")
    notes = ("The extension brings the server along: `code --install-extension foretype.foretype`.",)
    return Recipe("vscode", editor, (), notes=notes)


def as_text(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
