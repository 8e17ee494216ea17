"""Neovim: the plugin where Neovim finds it, and a file of ours that sets it up."""

from __future__ import annotations

from pathlib import Path

from foretype.editors.recipe import File, Machine, Recipe, Tree
from foretype.editors.texts import PLUGIN, configuration, lua_table
from foretype.editors.version import found, told

OLDEST = (0, 10)
PROOF = ("the server answers",)
ASK = (
    "lua io.stdout:write(select(2, require('foretype.health').server_starts(15000)) .. '\\n')",
    "qall!",
)


def neovim(machine: Machine) -> Recipe:
    editor = found(machine, "nvim")
    name = machine.variables.get("NVIM_APPNAME") or "nvim"
    text = configuration("neovim.lua", command=lua_table((*machine.command, "lsp")))
    notes = ["Keys that you use already are left alone; :help foretype-keys has them all."]
    if editor and editor.version < OLDEST:
        notes.insert(0, "Neovim 0.10 or newer is needed: this one is older, and nothing will happen in it.")
    return Recipe(
        "neovim",
        told(editor, "Neovim"),
        (File(config_folder(machine, name) / "plugin" / "foretype.lua", text, "own", "--"),),
        Tree(PLUGIN, data_folder(machine, name) / "site" / "pack" / "foretype" / "start" / "foretype"),
        tuple(notes),
        (editor.program, "--headless", "-i", "NONE", "-n", *(f"+{each}" for each in ASK)) if editor else (),
        PROOF,
    )


def config_folder(machine: Machine, name: str) -> Path:
    if machine.is_windows:
        return machine.folder("LOCALAPPDATA", "AppData", "Local") / name
    return machine.configuration / name


def data_folder(machine: Machine, name: str) -> Path:
    if machine.is_windows:
        return machine.folder("LOCALAPPDATA", "AppData", "Local") / f"{name}-data"
    return machine.folder("XDG_DATA_HOME", ".local", "share") / name
