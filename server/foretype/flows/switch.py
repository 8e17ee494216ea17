"""What the user switches on and off while they work: it lasts as long as the editor runs."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from foretype.config.settings import Settings


class Switch:
    """Stands above the settings, in both directions, until it is switched again."""

    def __init__(self) -> None:
        self._enabled: bool | None = None
        self._languages: dict[str, bool] = {}

    def toggle(self, settings: Settings, language: str | None = None) -> None:
        """Turn completions on or off, everywhere or for one language; `settings` are those without this."""
        complete = self.over(settings).complete
        if language is None:
            self._enabled = not complete.enabled
        else:
            self._languages[language] = not complete.languages.get(language, True)

    def over(self, settings: Settings) -> Settings:
        """The settings as they are in force."""
        if self._enabled is None and not self._languages:
            return settings
        complete = settings.complete
        enabled = complete.enabled if self._enabled is None else self._enabled
        languages = MappingProxyType({**complete.languages, **self._languages})
        return replace(settings, complete=replace(complete, enabled=enabled, languages=languages))
