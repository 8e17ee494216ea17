"""What a command needs to reach models without a server: settings, token, and what is kept here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from foretype.backends.upstream import Upstream
from foretype.cli.account import Here, look_around
from foretype.flows.model_access import ModelAccess, Owner
from foretype.flows.providers.registry import Registry


@asynccontextmanager
async def registry_at_hand(here: Here | None = None) -> AsyncIterator[Registry]:
    """The registry by the user's own config.toml; its connections are closed afterwards."""
    async with models_at_hand(here or look_around()) as models:
        yield models.registry()


@asynccontextmanager
async def models_at_hand(here: Here) -> AsyncIterator[ModelAccess]:
    """Models as a server would find them here: what is on the disk, whose token, what was spent."""
    upstream = Upstream()
    models = ModelAccess(here.environment, here.folders, upstream, Owner(lambda: here.settings))
    try:
        await models.on_disk.look()
        await models.token.search(here.settings.token, is_needed=False)
        await asyncio.to_thread(models.history.look)
        yield models
    finally:
        await models.close()
        await upstream.aclose()
