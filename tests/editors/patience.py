"""Waiting for something to become true, with a bound."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

PATIENCE_S = 20.0
LOOK_AGAIN_S = 0.02

Found = TypeVar("Found")


async def until(look: Callable[[], Awaitable[Found | None]], what: Callable[[], str] | str) -> Found:
    """What `look` finds, as soon as that is something; else a failure that says what never came."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_S
    while not (found := await look()):
        if loop.time() > deadline:
            raise AssertionError(f"never came: {what if isinstance(what, str) else what()}")
        await asyncio.sleep(LOOK_AGAIN_S)
    return found
