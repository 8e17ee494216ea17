"""Everything that models are reached with, put together once: for an editor, for `serve`, for commands."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from foretype.backends.agreement import Agreements
from foretype.backends.file_models import file_models
from foretype.backends.upstream import Upstream
from foretype.config.environment import Environment
from foretype.config.files import Folders
from foretype.config.settings import Settings
from foretype.errors import BackendError
from foretype.flows.access import Access
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.completion.situation import Situation
from foretype.flows.local_file import CheckedFiles, local_files
from foretype.flows.providers.choices import Choices
from foretype.flows.providers.knowledge import Knowledge, Notices, silence
from foretype.flows.providers.on_disk import OnDisk
from foretype.flows.providers.registry import Registry
from foretype.flows.providers.remote_models import RemoteModels
from foretype.flows.token import Token
from foretype.keys.key import Key
from foretype.postprocess.suggestion import Suggestion
from foretype.stats.history import History


def ignore(_told: object) -> None:
    """A command tells what it found, and nothing else."""


def nothing() -> None:
    """Nobody waits for a model meanwhile."""


@dataclass(frozen=True)
class Owner:
    """For whom models are reached: the settings in force, and who hears of keys, of troubles, and of a model
    that was `found` to be askable; `suggest` speaks where no model does."""

    settings: Callable[[], Settings]
    know: Callable[[Key], None] = ignore
    tell: Callable[[str], None] = ignore
    report: Callable[[BackendError], None] = ignore
    found: Callable[[], None] = nothing
    suggest: Callable[[Situation], Suggestion | None] = silence


class ModelAccess:
    """Owns what is learned of models and what runs for them; not the connections."""

    def __init__(self, environment: Environment, folders: Folders, upstream: Upstream, owner: Owner) -> None:
        self._owner = owner
        self.token = Token(environment, owner.know, owner.tell, folders.key_file)
        self.router_models = RouterModels(
            upstream, folders.cache, Ears(owner.found, owner.report, owner.tell)
        )
        agreements = Agreements(folders.state)
        self.local = file_models(
            environment, lambda: owner.settings().local, owner.tell, upstream, agreements
        )
        find_files = partial(local_files, environment, folders.models)
        self.on_disk = OnDisk(
            find_files, lambda: not self.local.obstacle, lambda: owner.settings().local.context
        )
        self.history = History(folders.history_file)
        self.knowledge = Knowledge(
            RemoteModels(upstream.connections, folders.cache),
            self.history,
            choices=Choices(folders.state),
            local_models=self.on_disk.now,
            workspace=owner.suggest,
            notices=Notices(owner.tell),
        )
        self.access = Access(
            environment,
            upstream,
            self.token,
            self.router_models,
            self.local,
            CheckedFiles(find_files),
            self.knowledge,
        )

    def registry(self) -> Registry:
        return Registry(self._owner.settings(), self.access)

    def try_again(self) -> None:
        """What failed under other settings may go well under these."""
        self.access.upstream.breaker.reset()
        self.router_models.try_again()
        self.local.try_again()

    async def close(self) -> None:
        await self.router_models.close()
        await self.local.close()
        await self.knowledge.remote.close()
        await asyncio.to_thread(self.history.close)
