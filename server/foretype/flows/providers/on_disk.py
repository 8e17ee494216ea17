"""The model files on this machine as the registry knows them, looked at in the background."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from foretype.config.settings import ROLES, Role
from foretype.errors import ForetypeError
from foretype.flows.providers.knowledge import LocalModel
from foretype.models.catalogue import catalogue
from foretype.models.local_files import LocalFiles
from foretype.models.local_files import LocalModel as FoundModel
from foretype.models.memory_fit import needed_bytes

logger = logging.getLogger(__name__)

FIRST_S, EVERY_S = 5.0, 60.0
MEGABYTE = 1_000_000


class OnDisk:
    """What was found last; nothing where no program could run it."""

    def __init__(
        self, files: Callable[[], LocalFiles], can_run: Callable[[], bool], context_tokens: Callable[[], int]
    ) -> None:
        self._files = files
        self._can_run = can_run
        self._context_tokens = context_tokens
        self._found: tuple[LocalModel, ...] = ()

    def now(self) -> tuple[LocalModel, ...]:
        return self._found

    async def look(self) -> None:
        if self._can_run():
            self._found = await asyncio.to_thread(self._all)

    async def follow(self, changed: Callable[[], None]) -> None:
        """The first time once the start is over; `changed` hears of a model that came or went."""
        wait_s = FIRST_S
        while True:
            await asyncio.sleep(wait_s)
            before, wait_s = self._found, EVERY_S
            await self.look()
            if self._found != before:
                changed()

    def _all(self) -> tuple[LocalModel, ...]:
        try:
            context = self._context_tokens()
            return tuple(known(each, context) for each in self._files().all() if isinstance(each, FoundModel))
        except (OSError, ForetypeError) as problem:
            logger.info("the models on this disk are not listed: %s", problem)
            return ()


def known(found: FoundModel, context_tokens: int) -> LocalModel:
    title = found.entry.title if found.entry else found.path.stem
    needed = needed_bytes(found.header, context_tokens)
    return LocalModel(found.id, title, roles_of(found), found.size_bytes // MEGABYTE, needed // MEGABYTE)


def roles_of(found: FoundModel) -> tuple[Role, ...]:
    """By the catalogue; what stands in none completes where its vocabulary can fill holes."""
    entry = catalogue().find(found.entry.name if found.entry else found.path.stem)
    if entry is not None:
        return entry.roles
    wanted = {"complete"} if found.header.hole else {"edit", "chat"}
    return tuple(role for role in ROLES if role in wanted)
