"""Every editor that `foretype setup` knows."""

from __future__ import annotations

from collections.abc import Callable

from foretype.editors.emacs_recipe import eglot, lsp_mode
from foretype.editors.helix_recipe import helix
from foretype.editors.more_recipes import kakoune, kate, sublime, vscode, zed
from foretype.editors.neovim_recipe import neovim
from foretype.editors.recipe import Machine, Recipe
from foretype.editors.vim_recipe import vim

EDITORS: dict[str, Callable[[Machine], Recipe]] = {
    "neovim": neovim,
    "helix": helix,
    "emacs-eglot": eglot,
    "emacs-lsp-mode": lsp_mode,
    "vim": vim,
    "kakoune": kakoune,
    "kate": kate,
    "sublime": sublime,
    "zed": zed,
    "vscode": vscode,
}
ALSO = {"emacs": "emacs-eglot", "nvim": "neovim", "hx": "helix", "kak": "kakoune", "code": "vscode"}
