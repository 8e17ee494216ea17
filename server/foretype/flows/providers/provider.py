"""What every source of models can do: list, check, resolve, say how they do, and answer in either way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from foretype.backends.breaker import CircuitReport
from foretype.config.settings import Role
from foretype.flows.completion.writer import Writer
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.health import Pulse
from foretype.models.ids import ModelId
from foretype.models.remote import Serving


@dataclass(frozen=True)
class Row:
    """One model as a list shows it; what is None or empty is not known.

    `is_here` says that it needs no network, `problem` and `link` why it cannot be used and where to mend it.
    """

    id: str
    title: str
    provider: str
    roles: tuple[Role, ...] = ()
    context_tokens: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    latency_s: float | None = None
    tokens_per_s: float | None = None
    size_mb: int | None = None
    memory_mb: int | None = None
    is_here: bool = False
    has_tools: bool = False
    has_vision: bool = False
    note: str = ""
    problem: str = ""
    link: str = ""
    servings: tuple[Serving, ...] = ()

    def has(self, words: tuple[str, ...]) -> bool:
        """Whether every word stands in what is shown of it."""
        text = f"{self.id} {self.title} {self.provider} {' '.join(self.roles)} {self.note}".lower()
        return all(word.lower() in text for word in words)


@dataclass(frozen=True)
class Listing:
    """What a provider offers, as far as it is known by now."""

    rows: tuple[Row, ...] = ()
    age_s: float | None = None
    is_complete: bool = True
    problems: tuple[str, ...] = field(default=())


class Provider(Protocol):
    """One source of models; `list` never raises, and one that fails says so in its listing."""

    @property
    def name(self) -> str: ...

    async def list(self) -> Listing: ...

    def check(self, model: ModelId, role: Role) -> str:
        """Why a model is not to be asked now, in a sentence; "" where nothing is known against it."""
        ...

    def trouble(self, model: ModelId, role: Role) -> CircuitReport | None:
        """The failure since which a model is passed over."""
        ...

    async def is_back(self, model: ModelId) -> bool:
        """Whether the server of a model that failed works again, by a question that costs nothing."""
        ...

    def resolve(self, model: ModelId) -> Row:
        """What is known of one model, whether any list has it or not."""
        ...

    def health(self, model: ModelId) -> tuple[Pulse, ...]: ...

    def writer(self, model: ModelId) -> Writer | None:
        """What writes with it at a cursor; None where it cannot."""
        ...

    def answerer(self, model: ModelId, role: Role) -> Answerer | None:
        """What answers with it in words; None where it cannot."""
        ...
