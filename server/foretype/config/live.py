"""The settings in force while a server runs: their one owner, who replaces them whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from foretype.config.config_file import ConfigFile
from foretype.config.consents import ConsentFile
from foretype.config.environment import Environment
from foretype.config.files import Folders
from foretype.config.parser_apart import ParserApart
from foretype.config.problems import (
    COMMAND_LINE,
    CONFIG_TOML,
    CONFIGURATION,
    INITIALIZATION_OPTIONS,
    Problem,
)
from foretype.config.resolve import Layers, Resolved, chosen_by_hand, settle
from foretype.config.settings import Settings
from foretype.keys.origin import Origin

POLL_S = 2.0

Observer = Callable[[Resolved], None]


class LiveSettings:
    """Parses what changes, resolves anew, and tells whoever wants to know; one change after the other."""

    def __init__(self, environment: Environment, folders: Folders, parser: ParserApart) -> None:
        self._environment = environment
        self._folders = folders
        self._config_file = ConfigFile(folders.config_file, folders.last_good_config)
        self._config_problems: tuple[Problem, ...] = ()
        self._consent_file = ConsentFile(folders.consent_file)
        self._consents = self._consent_file.read()
        self._parser = parser
        self._turn = asyncio.Lock()
        self._layers = Layers()
        self._observers: list[Observer] = []
        self.resolved = Resolved(Settings())

    @property
    def now(self) -> Settings:
        return self.resolved.settings

    def observe(self, observer: Observer) -> None:
        self._observers.append(observer)

    async def start(self, initialization_options: object) -> None:
        """Resolve for the first time: from the user's file, and from what the client sent at its start."""
        async with self._turn:
            command_line = await self._parser.parse(chosen_by_hand(self._environment), COMMAND_LINE)
            options = await self._parser.parse(initialization_options, INITIALIZATION_OPTIONS)
            self._layers = replace(self._layers, command_line=command_line, initialization_options=options)
        if not await self.reread():
            self._resolve()

    async def settled(self) -> None:
        """Return when no change is being taken in."""
        async with self._turn:
            return

    async def configure(self, configuration: object) -> None:
        """Take in what the client says its configuration is."""
        async with self._turn:
            layer = await self._parser.parse(configuration, CONFIGURATION)
            self._layers = replace(self._layers, configuration=layer)
            self._resolve()

    def has_changed(self) -> bool:
        """Whether the user's file is another than the one read last; safe to call from any thread."""
        return self._config_file.has_changed()

    async def reread(self) -> bool:
        """Look whether the user's file changed, and take it in if so."""
        async with self._turn:
            reading = self._config_file.read_if_changed()
            if reading is None:
                return False
            layer = await self._parser.parse(reading.values, CONFIG_TOML)
            self._config_problems = reading.problems
            self._layers = replace(self._layers, config_toml=layer)
            self._resolve()
        return True

    async def follow_file(self) -> None:
        """Look at the user's file now and then; its folder may be on a network, so on another thread."""
        while True:
            await asyncio.sleep(POLL_S)
            if await asyncio.to_thread(self.has_changed):
                await self.reread()

    def allow(self, subject: Origin | str) -> None:
        """Remember that the user said yes."""
        self._consents = self._consent_file.remember(self._consents, subject)
        self._resolve()

    def _resolve(self) -> None:
        found = settle(self._layers, self._environment, self._consents, self._folders.models)
        self.resolved = replace(found, problems=self._config_problems + found.problems)
        for observer in tuple(self._observers):
            observer(self.resolved)

    def close(self) -> None:
        self._parser.close()
