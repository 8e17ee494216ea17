"""The end of another process, noticed."""

from __future__ import annotations

import asyncio
import os
import sys

import pytest

from foretype.lsp import parent


@pytest.mark.parametrize("has_pidfd", [True, False])
async def test_the_end_of_a_process_is_noticed(monkeypatch: pytest.MonkeyPatch, has_pidfd: bool) -> None:
    if not has_pidfd:
        monkeypatch.delattr(os, "pidfd_open", raising=False)
        monkeypatch.setattr(parent, "POLL_S", 0.01)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-c", "input()", stdin=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    waiting = asyncio.create_task(parent.wait_for_end(child.pid))
    assert parent.is_running(child.pid)
    assert not (await asyncio.wait({waiting}, timeout=0.05))[0]
    assert child.stdin is not None
    child.stdin.close()
    await child.wait()
    await asyncio.wait_for(waiting, 5)
    assert not parent.is_running(child.pid)


def test_a_process_of_somebody_else_is_running() -> None:
    assert parent.is_running(1)
    assert not parent.is_running(2**22 + 1)
