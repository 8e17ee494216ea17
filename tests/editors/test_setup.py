"""`foretype setup EDITOR --write` on a desk with nothing on it, and then the editor as it comes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from editors.desk import SERVER, Desk
from editors.emacs import installed_emacs
from editors.greeting import ABOVE, GREET, suggesting
from editors.install import Editors
from editors.plugin import plugged_by_setup
from editors.vim import installed_vim

from contract.upstream import Upstream


async def setup(desk: Desk, editors: Editors, *arguments: str, beside: Path | None = None) -> tuple[int, str]:
    """`foretype setup` where these editors, and one in a folder beside them, are on PATH."""
    programs = [editors.neovim.parent, editors.helix.parent, *([beside] if beside else [])]
    path = ":".join([*map(str, programs), desk.environment["PATH"]])
    process = await asyncio.create_subprocess_exec(
        *SERVER, "setup", *arguments, env={**desk.environment, "PATH": path}, cwd=desk.project,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_neovim_is_ready_after_setup_and_says_so(both: Editors, desk: Desk, upstream: Upstream) -> None:
    code, said = await setup(desk, both, "neovim", "--write")
    assert code == 0, said
    assert "✓ neovim" in said
    async with plugged_by_setup(both.neovim, desk) as nvim:
        await suggesting(nvim, desk, upstream)
        await nvim.type("<Tab>")
        await nvim.lines_are(*ABOVE, GREET)


async def test_helix_finds_the_server_after_setup(both: Editors, desk: Desk) -> None:
    code, said = await setup(desk, both, "helix", "--language", "python", "--language", "rust", "--write")
    assert code == 0, said
    assert "✓ helix" in said
    written = (desk.home / "config" / "helix" / "languages.toml").read_text()
    assert '"rust-analyzer", "foretype"]' in written


@pytest.mark.parametrize(
    ("name", "find", "into"),
    [
        ("vim", installed_vim, ".vim/plugin/foretype.vim"),
        ("emacs-eglot", installed_emacs, ".emacs.d/init.el"),
        ("emacs-lsp-mode", installed_emacs, ".emacs.d/init.el"),
    ],
)
async def test_vim_and_emacs_start_the_server_after_setup_and_a_second_one_changes_nothing(
    editors: Editors, desk: Desk, name: str, find: Callable[[Editors], Path], into: str
) -> None:
    folder = find(editors).parent
    code, said = await setup(desk, editors, name, "--write", beside=folder)
    assert code == 0, said
    assert f"✓ {name}" in said
    written = (desk.home / into).read_text()
    code, said = await setup(desk, editors, name, "--write", beside=folder)
    assert f"unchanged {desk.home / into}" in said
    assert (desk.home / into).read_text() == written


async def test_nothing_is_written_unasked(both: Editors, desk: Desk) -> None:
    code, said = await setup(desk, both, "neovim")
    assert code == 0, said
    assert "foretype.setup({" in said
    assert not (desk.home / "config").exists()
    assert not (desk.home / "data").exists()
