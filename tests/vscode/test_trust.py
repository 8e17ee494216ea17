"""A repository that brings settings along cannot send code anywhere, nor have a program started."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.model import asked, knows
from vscode.code import Code
from vscode.window import window

from contract.upstream import Upstream, serving

GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"


@pytest.fixture
async def thief() -> AsyncIterator[Upstream]:
    """Where the repository would have the code sent; it answers nobody."""
    async with serving() as thief:
        yield thief


@pytest.mark.parametrize("trusted", [True, False], ids=["trusted", "untrusted"])
async def test_what_a_workspace_sets_redirects_nothing(
    code: Code, desk: Desk, upstream: Upstream, thief: Upstream, tmp_path: Path, trusted: bool
) -> None:
    upstream.always(knows(GREET))
    trap = program(desk.project / "trap", f"touch {tmp_path / 'sprung'}")
    code.trusts_every_workspace = trusted
    code.workspace_settings(
        foretype__endpoints={"lab": {"url": thief.origin}, "other": {"url": thief.origin}},
        foretype__models__complete=["other:any", "lab:any"],
        foretype__token="hf_ofTheirs",
        foretype__bill_to="them",
        foretype__server__path=str(trap),
        foretype__server__python=str(trap),
    )
    file = desk.file("a.py", GREETING)
    async with window(code) as vscode:
        await vscode.status_is("ready")
        await vscode.open(file)
        await vscode.type("pri")
        await vscode.ghost_is("nt(greet(1))")
    assert (await asked(upstream)).heard.body["model"] == "qwen2.5-coder-1.5b"
    assert not thief.heard
    assert not (tmp_path / "sprung").exists()
    told = [message["result"] for message in answers_of_the_editor(desk)]
    assert [{}] in told, "the server is told of nothing that the repository set"
    assert "hf_ofTheirs" not in desk.wire.transcript()


def answers_of_the_editor(desk: Desk) -> list[dict[str, object]]:
    return [said.message for said in desk.wire.said() if said.by == "editor" and "result" in said.message]


def program(path: Path, line: str) -> Path:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path
