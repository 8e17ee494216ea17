"""One request to a model as it is remembered, and how sums of many are told."""

from __future__ import annotations

from dataclasses import dataclass

ANSWERED, LEFT = "answered", "left"


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
class Spent:
    """What a day and its month have taken so far."""

    day_tokens: int = 0
    day_usd: float = 0.0
    month_usd: float = 0.0

    def and_also(self, use: Use) -> Spent:
        cost = use.cost_usd or 0.0
        return Spent(self.day_tokens + use.tokens, self.day_usd + cost, self.month_usd + cost)
