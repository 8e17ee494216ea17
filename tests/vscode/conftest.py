"""A real VS Code with the extension in it, and a model server on loopback; all of it anew for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.install import CHOICE
from vscode.code import Code
from vscode.extension import built
from vscode.install import Programs, installed
from vscode.window import Window, window

from contract.upstream import Upstream, serving


@pytest.fixture(scope="session")
def programs() -> Programs:
    found = installed()
    if found is None:
        pytest.skip(f"{CHOICE}=none")
    return found


@pytest.fixture(scope="session")
def package(programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("vsix"))


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        yield upstream


@pytest.fixture
def desk(tmp_path: Path, upstream: Upstream) -> Desk:
    return Desk(tmp_path, upstream.origin)


@pytest.fixture
async def code(programs: Programs, package: Path, desk: Desk, tmp_path: Path) -> Code:
    """A VS Code with the extension, whose server is the one under test, with a tap before it."""
    code = Code(programs, desk, tmp_path)
    code.write_settings(foretype__server__path=str(tmp_path / "bin" / "foretype"))
    await code.install(package)
    return code


@pytest.fixture
async def vscode(code: Code) -> AsyncIterator[Window]:
    """Its window, once the server runs."""
    async with window(code) as opened:
        await opened.status_is("ready")
        yield opened
