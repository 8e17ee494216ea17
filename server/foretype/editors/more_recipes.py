"""The editors that need one text in one place."""

from __future__ import annotations

import json
from pathlib import Path

from foretype.editors.recipe import File, Json, Machine, Recipe
from foretype.editors.texts import LANGUAGE_OF_CHATS, configuration, listed, quoted
from foretype.editors.version import found, told

SERVE_PORT = 8377
SOURCE_IN_KAKRC = 'source "%val{config}/foretype.kak"\n'


def kakoune(machine: Machine) -> Recipe:
    """A file of its own, because it is a program, and the line of kakrc that reads it."""
    program, *arguments = (*machine.command, "lsp")
    text = configuration(
        "foretype.kak",
        types="|".join(dict.fromkeys((*machine.languages, LANGUAGE_OF_CHATS))),
        program=quoted(program),
        arguments=listed(arguments),
    )
    folder = machine.configuration / "kak"
    files = (File(folder / "foretype.kak", text, "own"), File(folder / "kakrc", SOURCE_IN_KAKRC, "block"))
    editor = told(found(machine, "kak", option="-version"), "Kakoune")
    notes = (
        "It needs kakoune-lsp 18.1 or newer, which it starts itself where kakrc does not.",
        "What kakrc says of kakoune-lsp itself belongs above this part.",
        "Suggestions come with a pause in typing, but not behind a space; for that, too:",
        "set-option global lsp_completion_trigger nop",
    )
    return Recipe("kakoune", editor, files, notes=notes)


def kate(machine: Machine) -> Recipe:
    # One server for all languages and folders, or the chat would know nothing of the code that it is about.
    server = {"command": [*machine.command, "lsp"], "root": ".", "useWorkspace": True}
    path = machine.configuration / "kate" / "lspclient" / "settings.json"
    languages = tuple(dict.fromkeys((*machine.languages, LANGUAGE_OF_CHATS)))
    wanted = {"servers": {"foretype": server, **{each: {"use": "foretype"} for each in languages}}}
    notes = (
        "It needs Kate's plugin LSP Client, which is on unless you turned it off.",
        "Kate asks once whether it may start the server; a no is kept, until LSP Client's settings undo it.",
        "LSP Client > More options: turn off `Add parentheses upon function completion`, with which Kate",
        "leaves `${…}` and `$1` out of what it writes. While it is on, nothing that has them is offered.",
        f"Kate asks one server for each language: for {', '.join(languages)} it is this one then.",
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
    editor = found(machine, "code", "codium")
    notes = ("The extension brings the server along: `code --install-extension foretype.foretype`.",)
    verify = (editor.program, "--list-extensions") if editor else ()
    return Recipe(
        "vscode", told(editor, "VS Code"), (), notes=notes, verify=verify, proof=("foretype.foretype",)
    )


def as_text(value: Json) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
