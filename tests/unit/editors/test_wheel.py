"""What `foretype setup` hands out is inside the package, where an installed one looks for it."""

from __future__ import annotations

from importlib import resources

import pytest

PLUGIN = ("init", "server", "ghost", "edit", "review", "chat", "status", "command", "health", "position")


@pytest.mark.parametrize(
    "path",
    [
        *(f"neovim/lua/foretype/{name}.lua" for name in PLUGIN),
        "neovim/plugin/foretype.lua",
        "neovim/doc/foretype.txt",
        "configs/neovim.lua",
        "configs/helix-keys.toml",
        "configs/helix-keys-25.01.toml",
        "configs/helix-server.toml",
        "configs/eglot.el",
        "configs/lsp-mode.el",
        "configs/foretype.vim",
        "configs/foretype.kak",
        "configs/trial.el",
        "vim/autoload/foretype.vim",
        "vim/autoload/foretype/chat.vim",
    ],
)
def test_the_file_is_there(path: str) -> None:
    assert (resources.files("foretype.editors") / path).is_file()
