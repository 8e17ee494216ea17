"""What `foretype setup kakoune` writes, in a real Kakoune; kakoune-lsp, which Debian has not, is played."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from editors.desk import Desk
from editors.install import Editors, installed_too
from editors.kakoune import set_up, start

if sys.version_info >= (3, 11):
    import tomllib
else:
    tomllib = pytest.importorskip("tomli")

# What kakoune-lsp does, in its words: it names the servers of a language where its user has named none, and
# starts them as soon as they are named.
PLAYED = """\
declare-option -hidden str lsp_servers
declare-option -hidden bool lsp_is_blocked false
define-command -hidden lsp-if-no-servers -params 1.. %{
    evaluate-commands %sh{ [ -n "$kak_opt_lsp_servers" ] || echo "$@" }
}
define-command -hidden lsp-block-in-buffer %{ set-option buffer lsp_is_blocked true }
define-command -hidden lsp-unblock-in-buffer %{ unset-option buffer lsp_is_blocked }
define-command -hidden lsp-did-change-config %{
    nop %sh{
        [ "$kak_opt_lsp_is_blocked" = true ] || [ -z "$kak_opt_lsp_servers" ] ||
            printf '%s\\0' "$kak_opt_lsp_servers" >>started
    }
}
hook global BufCreate .*[.]py %{ set-option buffer filetype python }
hook global BufSetOption filetype=python %{
    lsp-if-no-servers trigger-user-hook LSPDefaultConfig=python
}
hook global User LSPDefaultConfig=python %{
    set-option buffer lsp_servers %{
        [pylsp]
        root_globs = [".git"]
        [pylsp.settings._]
        command = "nothing that is started"
    }
}
hook global BufCreate .* %{ hook buffer BufSetOption lsp_servers=.* lsp-did-change-config }
"""
USERS_OWN = """\
hook global BufSetOption filetype=python %{
    set-option buffer lsp_servers %{
        ["my server"]
        command = 'pylsp'
    }
}
"""
NO_DEFAULT = PLAYED.replace("User LSPDefaultConfig=python", "User LSPDefaultConfig=rust")
FORETYPE = {"root_globs": [".git", ".hg"], "command": "foretype", "args": ["lsp"]}


def named_in(kak: Path, desk: Desk, kakrc: str) -> Any:
    """The servers of a Python file, as TOML, by all that was started."""
    set_up(desk, kakrc)
    source, file = desk.home / "config" / "kak" / "kakrc", desk.file("a.py", "x = 1\n")
    subprocess.run(
        [kak, "-n", "-ui", "dummy", "-e", f"source {source}; edit {file}; quit!"],
        env=desk.environment, cwd=desk.project, timeout=20, check=True,
    )  # fmt: skip
    (named,) = (desk.project / "started").read_text().split("\0")[:-1]
    return tomllib.loads(named)


@pytest.mark.parametrize("is_there", [True, False], ids=["there", "missing"])
@pytest.mark.parametrize(("kakrc", "other"), [(PLAYED, "pylsp"), (USERS_OWN + PLAYED, "my server")])
def test_the_server_is_named_with_the_languages_own_or_alone_where_one_is_missing(
    editors: Editors, desk: Desk, kakrc: str, other: str, is_there: bool
) -> None:
    """kakoune-lsp tells of a file only the servers named first, and starts none where one is missing."""
    if is_there:
        desk.put_program("pylsp", "exit")
    servers = named_in(installed_too(editors, "kak", start), desk, kakrc)
    assert servers.pop("foretype") == FORETYPE
    assert list(servers) == ([other] if is_there else [])


def test_the_server_is_named_where_a_language_has_none_of_its_own(editors: Editors, desk: Desk) -> None:
    assert named_in(installed_too(editors, "kak", start), desk, NO_DEFAULT) == {"foretype": FORETYPE}
