"""A completion to ask, and a check that it leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from unit.flows.completion.scripted import Desk


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    desk = Desk()
    yield desk
    await desk.completion.close()
    for writer in desk.writers:
        writer.assert_all_read()
    left = asyncio.all_tasks() - {asyncio.current_task()}
    assert not left, left
