"""The user's own limits on what Hugging Face's models may take, in all and in each role."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from foretype.backends.cures import HUGGING_FACE, sentence_for
from foretype.config.settings import BudgetSettings, Role
from foretype.errors import BudgetSpentError, ModelIdError
from foretype.flows.providers.capabilities import Price, price_of
from foretype.models.ids import parse_model_id
from foretype.models.remote_cache import RemoteList
from foretype.stats.history import History
from foretype.stats.use import Taken

# Dearer than most that the router serves, so that a model whose price nobody says ends at the limit too.
ASSUMED_PRICE = Price(1.0, 3.0)


@dataclass(frozen=True)
class Limit:
    """One limit, how much of it is used, and both in words; without a role it is that of all together."""

    setting: str
    used: float
    most: float
    role: str = ""

    @property
    def is_reached(self) -> bool:
        return self.used >= self.most

    def __str__(self) -> str:
        where = f"for {self.role} (`budget.{self.setting}`)" if self.role else f"(`budget.{self.setting}`)"
        if self.setting.endswith("tokens_per_day"):
            return f"{self.used:,.0f} of {self.most:,.0f} tokens today {where}"
        span = "this month" if self.setting == "usd_per_month" else "today"
        return f"${self.used:.4f} of ${self.most:g} {span} {where}"


@dataclass(frozen=True)
class Sums:
    tokens: int = 0
    usd: float = 0.0


@dataclass(frozen=True)
class Spent:
    """What a day and its month have taken so far; `assumed_usd` is what of the month's is only reckoned,
    because nobody says what the models cost."""

    day_tokens: int
    day_usd: float
    month_usd: float
    assumed_usd: float
    roles: Mapping[str, Sums]


@dataclass(frozen=True)
class Spending:
    """What was spent beside what may be: what refuses a request, and what the status shows."""

    history: History
    budget: BudgetSettings
    known: RemoteList = field(default_factory=RemoteList)

    @property
    def spent(self) -> Spent:
        taken = self.history.taken()
        today = [each for each in taken if each.is_today]
        of_roles = {role: [each for each in today if each.role == role] for role in roles_in(today)}
        return Spent(
            tokens(today),
            self._cost(today),
            self._cost(taken),
            self._cost(each for each in taken if self._is_assumed(each)),
            {role: Sums(tokens(each), self._cost(each)) for role, each in of_roles.items()},
        )

    def limits(self) -> Iterator[Limit]:
        """The limits that are set."""
        spent, budget = self.spent, self.budget
        yield from set_ones(
            Limit("usd_per_month", spent.month_usd, budget.usd_per_month),
            Limit("usd_per_day", spent.day_usd, budget.usd_per_day),
            Limit("tokens_per_day", spent.day_tokens, budget.tokens_per_day),
        )
        for role, allowed in budget.roles.items():
            used = spent.roles.get(role, Sums())
            yield from set_ones(
                Limit(f"roles.{role}.usd_per_day", used.usd, allowed.usd_per_day, role),
                Limit(f"roles.{role}.tokens_per_day", used.tokens, allowed.tokens_per_day, role),
            )

    def reached(self, role: Role | None = None) -> Limit | None:
        """The limit of all together that is reached, or that of the role."""
        return next((limit for limit in self._of(role) if limit.is_reached), None)

    def near(self, role: Role | None = None) -> Limit | None:
        """A limit of which so much is used that the user should know."""
        return next((limit for limit in self._of(role) if self.is_near(limit)), None)

    def is_near(self, limit: Limit) -> bool:
        return limit.used >= self.budget.soft_percent / 100 * limit.most

    def refuse_where_spent(self, model: str, role: Role) -> None:
        reached = self.reached(role)
        if reached is not None:
            sentence = sentence_for(BudgetSpentError, HUGGING_FACE, model, None, f"you allow {reached}")
            raise BudgetSpentError(sentence, endpoint=HUGGING_FACE, model=model)

    def _of(self, role: Role | None) -> Iterator[Limit]:
        return (limit for limit in self.limits() if limit.role in ("", role))

    def _cost(self, taken: Iterable[Taken]) -> float:
        return sum(self._cost_of(each) for each in taken)

    def _cost_of(self, taken: Taken) -> float:
        """As it was when it was asked; what had no price then has that of now, or the one assumed."""
        if taken.cost_usd is not None:
            return taken.cost_usd
        return (self._price(taken) or ASSUMED_PRICE).of(taken.prompt_tokens, taken.completion_tokens)

    def _is_assumed(self, taken: Taken) -> bool:
        return taken.cost_usd is None and self._price(taken) is None

    def _price(self, taken: Taken) -> Price | None:
        try:
            return price_of(parse_model_id(taken.model), taken.provider, self.known)
        except ModelIdError:
            return None


def set_ones(*limits: Limit) -> Iterator[Limit]:
    return (limit for limit in limits if limit.most)


def tokens(taken: Iterable[Taken]) -> int:
    return sum(each.tokens for each in taken)


def roles_in(taken: Iterable[Taken]) -> list[str]:
    return sorted({each.role for each in taken})
