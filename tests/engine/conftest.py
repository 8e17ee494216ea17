"""An engine to ask."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from foretype.engine.client import Engine

from engine import running


@pytest.fixture
async def home() -> AsyncIterator[Path]:
    async with running.home() as folder:
        yield folder


@pytest.fixture
async def engine(home: Path) -> AsyncIterator[Engine]:
    async with running.engine_in(home) as client:
        yield client
