"""What the commands that are about the account know and say: login, logout, status, doctor."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass

from foretype.backends.connections import Connections
from foretype.backends.endpoint import origin_of
from foretype.backends.identities import Identities
from foretype.config.config_file import ConfigFile
from foretype.config.consents import Consents
from foretype.config.environment import Environment, read_environment
from foretype.config.files import Folders, locate
from foretype.config.resolve import Resolved, Sources, resolve
from foretype.config.settings import Settings
from foretype.flows.access import hub_of
from foretype.flows.account import State, View, connected, view_of
from foretype.flows.whoami import WhoAmI
from foretype.keys.keyring_store import KeyringStore
from foretype.keys.token_search import FoundToken, TokenSearch, find_token


@dataclass(frozen=True)
class Here:
    """The user's own settings and folders, as a server would find them, without an editor's."""

    environment: Environment
    folders: Folders
    resolved: Resolved
    reading_problems: tuple[str, ...] = ()

    @property
    def settings(self) -> Settings:
        return self.resolved.settings

    @property
    def problems(self) -> tuple[str, ...]:
        return (*self.reading_problems, *map(str, self.resolved.problems))


def look_around(environment: Environment | None = None) -> Here:
    environment = environment or read_environment(os.environ)
    folders = locate(environment)
    reading = ConfigFile(folders.config_file).read_if_changed()
    written = reading.values if reading else {}
    resolved = resolve(Sources(config_toml=written), environment, Consents(), folders.models)
    return Here(environment, folders, resolved, tuple(map(str, reading.problems)) if reading else ())


def search(here: Here) -> TokenSearch:
    return find_token(
        here.settings.token,
        here.environment.tokens,
        KeyringStore(),
        here.environment.token_file,
        own_file=here.folders.key_file,
    )


def check(here: Here, found: FoundToken, *, afresh: bool = False) -> View:
    """Whose token it is, asked of the Hub where it is not known."""

    async def ask() -> View:
        connections = Connections()
        try:
            hub = hub_of(here.settings, found.key, here.environment)
            return await view_of(found, hub, WhoAmI(connections, here.folders.cache), afresh=afresh)
        finally:
            await connections.aclose()

    return asyncio.run(ask())


def remembered(here: Here, found: FoundToken) -> View | None:
    """Whose token it was when the Hub was asked last; nothing is asked now."""
    hub = here.settings.hub
    if hub is None:
        return None
    identity = Identities(here.folders.cache).of(origin_of(hub.url), found.key).identity
    view = View(State.CONNECTED, found.key.masked, found.source)
    return connected(view, identity) if identity else None


def lines_about(view: View) -> Iterator[str]:
    """The account as a person reads it."""
    if view.token:
        yield f"account   {view.state.value}{owner(view)}, with the token {view.token} from {view.source}"
    else:
        yield f"account   {view.state.value}"
    if view.state is State.CONNECTED and view.identity and view.identity.may_call_models is None:
        yield "          Hugging Face does not say whether it may call models"
    yield from (f"          {line}" for line in (view.problem, view.link) if line)


def owner(view: View) -> str:
    if view.identity is None:
        return ""
    organisations = ", ".join(view.identity.organisations)
    return f" as {view.identity.user}" + (f" ({organisations})" if organisations else "")
