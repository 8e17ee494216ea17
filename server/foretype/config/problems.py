"""What resolving the settings has to tell the user, or to ask."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.keys.origin import Origin

CONFIG_TOML = "config.toml"
ENVIRONMENT = "environment"
COMMAND_LINE = "the command line"
INITIALIZATION_OPTIONS = "initializationOptions"
CONFIGURATION = "workspace/configuration"


@dataclass(frozen=True)
class Problem:
    """A key whose value was not used, where it came from, and a sentence that names the cure."""

    key: str
    source: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.key or 'settings'} ({self.source}): {self.sentence}"


@dataclass(frozen=True)
class Question:
    """What only the user can allow: to send code to an origin, or to load a model file."""

    key: str
    source: str
    subject: Origin | str
    sentence: str
