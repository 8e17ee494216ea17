"""Every editor that `foretype setup` knows."""

from __future__ import annotations

from collections.abc import Callable

from foretype.editors.helix_recipe import helix
from foretype.editors.more_recipes import eglot, kate, lsp_mode, sublime, vim, vscode, zed
from foretype.editors.neovim_recipe import neovim
from foretype.editors.recipe import Machine, Recipe

EDITORS: dict[str, Callable[[Machine], Recipe]] = {
    "neovim": neovim,
    "helix": helix,
    "emacs-eglot": eglot,
    "emacs-lsp-mode": lsp_mode,
    "vim": vim,
    "kate": kate,
    "sublime": sublime,
    "zed": zed,
    "vscode": vscode,
}
ALSO = {"emacs": "emacs-eglot", "nvim": "neovim", "hx": "helix", "code": "vscode"}
