"""The settings in force while a server runs: their one owner, who replaces them whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from foretype.config.config_file import ConfigFile
from foretype.config.consents import ConsentFile
from foretype.config.environment import Environment
from foretype.config.files import Folders
from foretype.config.problems import Problem
from foretype.config.resolve import Resolved, Sources, resolve
from foretype.config.settings import Settings
from foretype.keys.origin import Origin

POLL_S = 2.0

Observer = Callable[[Resolved], None]


class LiveSettings:
    """Resolves anew whenever a source changes, and tells whoever wants to know."""

    def __init__(self, environment: Environment, folders: Folders) -> None:
        self._environment = environment
        self._folders = folders
        self._config_file = ConfigFile(folders.config_file, folders.last_good_config)
        self._config_problems: tuple[Problem, ...] = ()
        self._consent_file = ConsentFile(folders.consent_file)
        self._consents = self._consent_file.read()
        self._sources = Sources()
        self._observers: list[Observer] = []
        self.resolved = Resolved(Settings())

    @property
    def now(self) -> Settings:
        return self.resolved.settings

    def observe(self, observer: Observer) -> None:
        self._observers.append(observer)

    def start(self, initialization_options: object) -> None:
        """Resolve for the first time: from the user's file, and from what the client sent at its start."""
        self._sources = replace(self._sources, initialization_options=initialization_options)
        if not self.reread():
            self._resolve()

    def configure(self, configuration: object) -> None:
        """Take in what the client says its configuration is."""
        self._sources = replace(self._sources, configuration=configuration)
        self._resolve()

    def has_changed(self) -> bool:
        """Whether the user's file is another than the one read last; safe to call from any thread."""
        return self._config_file.has_changed()

    def reread(self) -> bool:
        """Look whether the user's file changed, and take it in if so."""
        reading = self._config_file.read_if_changed()
        if reading is None:
            return False
        self._config_problems = reading.problems
        self._sources = replace(self._sources, config_toml=reading.values)
        self._resolve()
        return True

    async def follow_file(self) -> None:
        """Look at the user's file now and then; its folder may be on a network, so on another thread."""
        while True:
            await asyncio.sleep(POLL_S)
            if await asyncio.to_thread(self.has_changed):
                self.reread()

    def allow(self, subject: Origin | str) -> None:
        """Remember that the user said yes."""
        self._consents = self._consent_file.remember(self._consents, subject)
        self._resolve()

    def _resolve(self) -> None:
        found = resolve(self._sources, self._environment, self._consents, self._folders.models)
        self.resolved = replace(found, problems=self._config_problems + found.problems)
        for observer in tuple(self._observers):
            observer(self.resolved)
