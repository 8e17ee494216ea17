"""`foretype setup EDITOR --write` on a desk with nothing on it, and then the editor as it comes."""

from __future__ import annotations

import asyncio

import pytest

from editors.desk import SERVER, Desk
from editors.install import NEWEST, STABLE, Editors, installed
from editors.model import knows
from editors.plugin import plugged_by_setup

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"


@pytest.fixture(params=[NEWEST, STABLE])
def both(request: pytest.FixtureRequest, editors: Editors) -> Editors:
    found = editors if request.param == NEWEST else installed(request.param)
    assert found is not None
    return found


async def setup(desk: Desk, editors: Editors, *arguments: str) -> tuple[int, str]:
    path = f"{editors.neovim.parent}:{editors.helix.parent}:{desk.environment['PATH']}"
    process = await asyncio.create_subprocess_exec(
        *SERVER, "setup", *arguments, env={**desk.environment, "PATH": path}, cwd=desk.project,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert process.returncode is not None
    return process.returncode, said.decode()


async def test_neovim_is_ready_after_setup_and_says_so(both: Editors, desk: Desk, upstream: Upstream) -> None:
    upstream.always(knows(GREET))
    code, said = await setup(desk, both, "neovim", "--write")
    assert code == 0, said
    assert "✓ neovim" in said
    async with plugged_by_setup(both.neovim, desk) as nvim:
        await nvim.edit(desk.file("a.py", GREETING))
        await nvim.type("Gipri")
        await nvim.ghost_is(3, 3, "nt(greet(1))")
        await nvim.type("<Tab>")
        await nvim.lines_are("def greet(name):", "    return name", "", GREET)


async def test_helix_finds_the_server_after_setup(both: Editors, desk: Desk) -> None:
    code, said = await setup(desk, both, "helix", "--language", "python", "--language", "rust", "--write")
    assert code == 0, said
    assert "✓ helix" in said
    written = (desk.home / "config" / "helix" / "languages.toml").read_text()
    assert '"rust-analyzer", "foretype"]' in written


async def test_nothing_is_written_unasked(both: Editors, desk: Desk) -> None:
    code, said = await setup(desk, both, "neovim")
    assert code == 0, said
    assert "foretype.setup({" in said
    assert not (desk.home / "config").exists()
    assert not (desk.home / "data").exists()
