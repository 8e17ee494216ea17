"""An upstream to script, connections to ask it over, and a check that nothing is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from contract.asking import Client
from contract.upstream import Upstream, serving


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        yield upstream


@pytest.fixture
async def client(upstream: Upstream) -> AsyncIterator[Client]:
    """Asks the upstream; at the end every connection and task of the client is gone."""
    client = Client(upstream.origin)
    yield client
    await client.aclose()
    await asyncio.wait_for(upstream.all_closed(), 5)
    for _ in range(5):
        await asyncio.sleep(0)  # generators of the HTTP library that were dropped are closed by the loop
    others = asyncio.all_tasks() - {asyncio.current_task()}
    left = [task for task in others if "Upstream" not in repr(task)]
    assert not left, left
