"""What a running server learns of models: who serves them, how they do, what they cost, what was picked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from foretype.config.settings import BudgetSettings, Role
from foretype.flows.completion.situation import Situation
from foretype.flows.providers.budget import Spending
from foretype.flows.providers.choices import Choices
from foretype.flows.providers.health import Health
from foretype.flows.providers.remote_models import RemoteModels
from foretype.postprocess.suggestion import Suggestion
from foretype.stats.history import History


@dataclass(frozen=True)
class LocalModel:
    """A model file on this machine, by the id that settings have for it."""

    id: str
    title: str
    roles: tuple[Role, ...]
    size_mb: int | None = None
    memory_mb: int | None = None


def no_local_models() -> tuple[LocalModel, ...]:
    return ()


def silence(_situation: Situation) -> Suggestion | None:
    return None


def nobody(_sentence: str) -> None:
    """Nobody is there to be told."""


class Notices:
    """What the user is to be told once, by its cause."""

    def __init__(self, tell: Callable[[str], None] = nobody) -> None:
        self._tell = tell
        self._told: set[str] = set()

    def once(self, cause: str, sentence: str) -> None:
        if cause not in self._told:
            self._told.add(cause)
            self._tell(sentence)


@dataclass(frozen=True)
class Knowledge:
    """The owners of what is learned; `local_models` looks at the disk, `workspace` asks the predictor."""

    remote: RemoteModels = field(default_factory=RemoteModels)
    history: History = field(default_factory=lambda: History(None))
    health: Health = field(default_factory=Health)
    choices: Choices = field(default_factory=lambda: Choices(None))
    local_models: Callable[[], tuple[LocalModel, ...]] = no_local_models
    workspace: Callable[[Situation], Suggestion | None] = silence
    notices: Notices = field(default_factory=Notices)

    def spending(self, budget: BudgetSettings) -> Spending:
        """What Hugging Face's models have taken, beside what they may."""
        return Spending(self.history, budget, self.remote.known)
