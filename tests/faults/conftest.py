"""An upstream to script."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from contract.upstream import Upstream, serving


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        yield upstream
