"""What a command needs to reach models without a server: settings, token, and what is kept here."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from foretype.backends.agreement import Agreements
from foretype.backends.local import LocalModels
from foretype.backends.upstream import Upstream
from foretype.config.config_file import ConfigFile
from foretype.config.consents import ConsentFile
from foretype.config.environment import read_environment
from foretype.config.files import locate
from foretype.config.resolve import Sources, resolve
from foretype.engine.client import Engine
from foretype.flows.access import Access
from foretype.flows.completion.router_models import Ears, RouterModels
from foretype.flows.local_file import CheckedFiles, local_files
from foretype.flows.providers.choices import Choices
from foretype.flows.providers.knowledge import Knowledge
from foretype.flows.providers.on_disk import OnDisk
from foretype.flows.providers.registry import Registry
from foretype.flows.providers.remote_models import RemoteModels
from foretype.flows.token import Token
from foretype.keys.key import Key


@asynccontextmanager
async def registry_at_hand() -> AsyncIterator[Registry]:
    """The registry by the user's own config.toml; its connections are closed afterwards."""
    environment = read_environment(os.environ)
    folders = locate(environment)
    reading = ConfigFile(folders.config_file).read_if_changed()
    sources = Sources(config_toml=reading.values if reading else {})
    consents = ConsentFile(folders.consent_file).read()
    settings = resolve(sources, environment, consents, folders.models).settings
    upstream = Upstream()
    token = Token(environment, hold, ignore)
    find_files = partial(local_files, environment, folders.models)
    on_disk, files = OnDisk(find_files), CheckedFiles(find_files)
    remote, choices = RemoteModels(upstream.connections, folders.cache), Choices(folders.state)
    knowledge = Knowledge(remote, choices=choices, local_models=on_disk.now)
    routed = RouterModels(upstream, folders.cache, Ears(nothing, ignore, ignore))
    local = LocalModels(
        Engine(environment), lambda: settings.local, ignore, agreements=Agreements(folders.state)
    )
    try:
        await on_disk.look()
        await token.search(settings.token, is_needed=False)
        yield Registry(settings, Access(environment, upstream, token, routed, local, files, knowledge))
    finally:
        await knowledge.remote.close()
        await local.close()
        await upstream.aclose()


def hold(_key: Key) -> None:
    """There is no log that would have to know the key."""


def ignore(_told: object) -> None:
    """A command tells what it found, and nothing else."""


def nothing() -> None:
    """Nobody completes meanwhile."""
