"""What every test may ask for."""

from __future__ import annotations

import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

import editor
from editor import Editor

PROBED_SERVER = (sys.executable, str(Path(__file__).parent / "faults" / "probed_server.py"))

# A run that was started in the background hears no Ctrl-C, and neither would any program that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Editor]:
    """The server as users start it, initialized."""
    async with editor.editor(tmp_path) as running:
        yield running


@pytest.fixture
async def stranger(tmp_path: Path) -> AsyncIterator[Editor]:
    """The server as users start it, to which nothing has been said yet."""
    async with editor.editor(tmp_path, initialized=False) as running:
        yield running


@pytest.fixture
async def probe(tmp_path: Path) -> AsyncIterator[Editor]:
    """The server with methods of the tests' own, which look inside it and misbehave on request."""
    async with editor.editor(tmp_path, PROBED_SERVER) as running:
        yield running
