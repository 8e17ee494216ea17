"""One request to a model as it is remembered, and how sums of many are told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

ANSWERED, LEFT = "answered", "left"


def day_of(at: float) -> str:
    """The day on the user's own calendar."""
    return datetime.fromtimestamp(at).astimezone().date().isoformat()


@dataclass(frozen=True)
class Use:
    """A request that was sent: when (seconds since 1970), to whom, what for, how long, and what came of it.

    `outcome` is "answered", "left" where nobody waited for the end, or the name of the failure. Tokens that
    the server did not count are estimated. `cost_usd` is None where nobody says what the model costs.
    """

    at: float
    model: str
    provider: str
    role: str
    prompt_tokens: int
    completion_tokens: int
    is_estimated: bool
    first_word_s: float | None
    total_s: float
    outcome: str
    cost_usd: float | None

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


@dataclass(frozen=True)
class Shown:
    """What became of suggestions, since it was last written down."""

    at: float
    shown: int
    accepted: int
    rejected: int


@dataclass(frozen=True)
class Taken:
    """What the requests of one kind have taken together in this month: those of today, or those before.

    `cost_usd` is None for requests of which nobody said what they cost.
    """

    is_today: bool
    model: str
    provider: str
    role: str
    prompt_tokens: int
    completion_tokens: int
    cost_usd: float | None

    @property
    def tokens(self) -> int:
        return self.prompt_tokens + self.completion_tokens


def taken_by(use: Use) -> Taken:
    """One request of today."""
    return Taken(
        True, use.model, use.provider, use.role, use.prompt_tokens, use.completion_tokens, use.cost_usd
    )
