"""The extension brings its server: it is installed offline, mended, or plainly said to be impossible."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.model import knows
from vscode.code import Code
from vscode.window import Window, window

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"
INSTALL_S = 240.0


@pytest.fixture
def fresh(code: Code) -> Code:
    """One that is to install its server itself, from what it carries: pip finds nothing else."""
    code.write_settings(foretype__server__python=sys.executable)
    code.environment |= {"PIP_CONFIG_FILE": "/dev/null", "PIP_NO_INDEX": "1", "PYTHONWARNINGS": ""}
    return code


def environments(code: Code) -> Sequence[Path]:
    return sorted((code.storage / "server").glob("*"))


async def test_the_first_start_installs_the_server_and_later_ones_mend_it(
    fresh: Code, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    file = desk.file("a.py", GREETING)
    async with window(fresh) as vscode:
        await vscode.says("Setting up Foretype")
        await ready(vscode, INSTALL_S)
        await vscode.open(file)
        await vscode.type("pri")
        await vscode.ghost_is("nt(greet(1))")
    (environment,) = environments(fresh)
    stamp = json.loads((environment / "installed.json").read_text())
    assert stamp["wheel"].startswith("foretype-")

    before = (environment / "installed.json").stat().st_mtime_ns
    async with window(fresh) as vscode:
        await ready(vscode)
    assert (environment / "installed.json").stat().st_mtime_ns == before, "installed once"

    package = next(environment.glob("lib/python3*/site-packages/foretype/cli/lsp.py"))
    package.unlink()
    async with window(fresh) as vscode:
        await ready(vscode, INSTALL_S)
    assert package.exists(), "a server that does not start is installed anew"

    (environment / "bin" / "python").unlink()
    (environment / "bin" / "python").symlink_to("/no/such/python")
    async with window(fresh) as vscode:
        await ready(vscode, INSTALL_S)
    assert environments(fresh) == [environment]


async def test_a_python_that_is_too_old_is_named_and_another_one_taken_at_once(
    fresh: Code, tmp_path: Path
) -> None:
    old = tmp_path / "bin" / "python3.9"
    old.write_text("#!/bin/sh\necho '[\"/usr/bin/python3.9\", [3, 9, 2], true]'\n")
    old.chmod(0o755)
    fresh.write_settings(foretype__server__python=str(old))
    async with window(fresh) as vscode:
        await vscode.says("needs Python 3.10 or newer.*is Python 3.9.2")
        await vscode.status_is("the server does not run")
        assert not environments(fresh)
        fresh.write_settings(foretype__server__python=sys.executable)
        await ready(vscode, INSTALL_S)


async def ready(vscode: Window, within_s: float = 20.0) -> None:
    """Wait until the server runs, which takes a while where it is installed first."""
    label = vscode.status.locator('a[aria-label*="ready"]')
    await label.first.wait_for(timeout=within_s * 1000)
