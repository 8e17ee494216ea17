"""The settings that are in force: one frozen value, replaced whole when anything changes.

What each setting means stands once, in `foretype.config.options`. Here `None` is what the user
writes as "auto": Foretype decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from foretype.config.environment import HUB_URL, ROUTER_URL
from foretype.keys.bound import BoundKey
from foretype.keys.origin import Address, parse_address

if TYPE_CHECKING:
    from foretype.keys.key import Key

Role = Literal["complete", "edit", "chat", "embed", "next_edit"]
ROLES: tuple[Role, ...] = ("complete", "edit", "chat", "embed", "next_edit")
Dialect = Literal["openai", "llamacpp", "ollama", "mistral", "deepseek", "tgi"]
LogLevel = Literal["error", "warning", "info", "debug", "trace"]


@dataclass(frozen=True)
class ModelSettings:
    complete: tuple[str, ...] = ()
    edit: tuple[str, ...] = ()
    chat: tuple[str, ...] = ()
    embed: tuple[str, ...] = ()
    next_edit: tuple[str, ...] = ()

    def chain(self, role: Role) -> tuple[str, ...]:
        """The models of a role in the user's order; empty where the user left the choice to Foretype."""
        models: tuple[str, ...] = getattr(self, role)
        return models


@dataclass(frozen=True)
class Endpoint:
    """A server that the user declared, and the key that goes there and nowhere else."""

    name: str
    address: Address
    dialect: Dialect = "openai"
    key: BoundKey | None = None


@dataclass(frozen=True)
class CompleteSettings:
    enabled: bool = True
    languages: Mapping[str, bool] = field(default_factory=lambda: MappingProxyType({"markdown": False}))
    debounce_ms: int | None = None
    multiline: bool | None = None
    instant: bool = True
    max_tokens: int = 128
    deadline_ms: int = 4000

    def is_on_for(self, language: str) -> bool:
        """Whether completions are wanted in a document of this language."""
        return self.enabled and self.languages.get(language, True)


@dataclass(frozen=True)
class ContextSettings:
    enabled: bool = True
    max_tokens: int = 2048


@dataclass(frozen=True)
class PrivacySettings:
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class LocalSettings:
    threads: int = 0
    gpu_layers: int | None = None
    batch: int = 512
    context: int = 8192
    idle_minutes: int = 10
    memory_mb: int = 0
    max_models: int = 2


@dataclass(frozen=True)
class RoleBudget:
    """What Hugging Face's models may take in one role; 0 is no limit."""

    usd_per_day: float = 0.0
    tokens_per_day: int = 0


@dataclass(frozen=True)
class BudgetSettings:
    """What Hugging Face's models may take; 0 is no limit."""

    usd_per_month: float = 0.1
    usd_per_day: float = 0.0
    tokens_per_day: int = 0
    soft_percent: int = 80
    roles: Mapping[Role, RoleBudget] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class ActionSettings:
    """A code action of the user's own."""

    title: str
    prompt: str
    kind: str = ""


@dataclass(frozen=True)
class LogSettings:
    level: LogLevel = "info"


@dataclass(frozen=True)
class Settings:
    """Everything the user decided, and the defaults where nothing was."""

    token: Key | None = None
    models: ModelSettings = ModelSettings()
    endpoints: Mapping[str, Endpoint] = field(default_factory=lambda: MappingProxyType({}))
    complete: CompleteSettings = field(default_factory=CompleteSettings)
    context: ContextSettings = ContextSettings()
    privacy: PrivacySettings = PrivacySettings()
    local: LocalSettings = LocalSettings()
    actions: Mapping[str, ActionSettings] = field(default_factory=lambda: MappingProxyType({}))
    bill_to: str = ""
    budget: BudgetSettings = field(default_factory=BudgetSettings)
    log: LogSettings = LogSettings()
    hub: Address | None = field(default_factory=lambda: parse_address(HUB_URL))
    router: Address | None = field(default_factory=lambda: parse_address(ROUTER_URL))

    def hub_key(self, token: Key | None) -> BoundKey | None:
        """The HF token, for requests to the Hub."""
        return BoundKey(token, self.hub.origin) if token and self.hub else None

    def router_key(self, token: Key | None) -> BoundKey | None:
        """The HF token, for requests to the router."""
        return BoundKey(token, self.router.origin) if token and self.router else None

    def secrets(self) -> Iterator[Key]:
        """Every key in the settings, for the log to know what it must never hold."""
        if self.token:
            yield self.token
        yield from (endpoint.key.key for endpoint in self.endpoints.values() if endpoint.key)
