"""The user's own limits on what Hugging Face's models may take."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from foretype.backends.cures import HUGGING_FACE, sentence_for
from foretype.config.settings import BudgetSettings
from foretype.errors import BudgetSpentError
from foretype.stats.history import History
from foretype.stats.use import Spent


@dataclass(frozen=True)
class Limit:
    """One limit, how much of it is used, and both in words."""

    setting: str
    used: float
    most: float

    def __str__(self) -> str:
        if self.setting == "tokens_per_day":
            return f"{self.used:,.0f} of {self.most:,.0f} tokens today (`budget.{self.setting}`)"
        span = "this month" if self.setting == "usd_per_month" else "today"
        return f"${self.used:.4f} of ${self.most:g} {span} (`budget.{self.setting}`)"


@dataclass(frozen=True)
class Spending:
    """What was spent beside what may be: what refuses a request, and what the status shows."""

    history: History
    budget: BudgetSettings

    @property
    def spent(self) -> Spent:
        return self.history.spent()

    def limits(self) -> Iterator[Limit]:
        """The limits that are set."""
        spent, budget = self.spent, self.budget
        for setting, used in (
            ("usd_per_month", spent.month_usd),
            ("usd_per_day", spent.day_usd),
            ("tokens_per_day", float(spent.day_tokens)),
        ):
            most = getattr(budget, setting)
            if most:
                yield Limit(setting, used, most)

    def reached(self) -> Limit | None:
        return next((limit for limit in self.limits() if limit.used >= limit.most), None)

    def near(self) -> Limit | None:
        """A limit of which so much is used that the user should know."""
        share = self.budget.soft_percent / 100
        return next((limit for limit in self.limits() if limit.used >= share * limit.most), None)

    def refuse_where_spent(self, model: str) -> None:
        reached = self.reached()
        if reached is not None:
            sentence = sentence_for(BudgetSpentError, HUGGING_FACE, model, None, f"you allow {reached}")
            raise BudgetSpentError(sentence, endpoint=HUGGING_FACE, model=model)
