"""The history in sums: by day, by model and role, and what became of suggestions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foretype.stats.use import day_of

DAY_S = 86_400

BY_DAY = """
SELECT day, role, count(*) AS requests, sum(outcome = 'answered') AS answered,
  sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, sum(cost_usd) AS cost_usd
FROM uses WHERE day >= :first GROUP BY day, role ORDER BY day, role
"""
BY_MODEL = """
SELECT model, provider, role, count(*) AS requests, sum(outcome = 'answered') AS answered,
  sum(outcome = 'left') AS left, sum(outcome NOT IN ('answered', 'left')) AS failed,
  sum(prompt_tokens) AS prompt_tokens, sum(completion_tokens) AS completion_tokens, sum(cost_usd) AS cost_usd,
  max(is_estimated) AS is_estimated
FROM uses WHERE day >= :first GROUP BY model, provider, role ORDER BY requests DESC, model
"""
LATENCIES = """
SELECT model, provider, role, first_word_s FROM uses
WHERE day >= :first AND first_word_s IS NOT NULL ORDER BY first_word_s
"""
SUGGESTIONS = """
SELECT coalesce(sum(shown), 0) AS shown, coalesce(sum(accepted), 0) AS accepted,
  coalesce(sum(rejected), 0) AS rejected
FROM shown WHERE day >= :first
"""

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Summary:
    """Sums over the last days, today included; keys are those of the history's columns."""

    first_day: str
    days: tuple[Row, ...]
    models: tuple[Row, ...]
    suggestions: Row


def summary_of(path: Path | None, days: int, now: float) -> Summary:
    from foretype.stats.database import rows

    first = day_of(now - (days - 1) * DAY_S)
    none: Row = {"shown": 0, "accepted": 0, "rejected": 0}
    if path is None:
        return Summary(first, (), (), none)
    values = {"first": first}
    latencies = rows(path, LATENCIES, values)
    models = [with_latency(row, latencies) for row in rows(path, BY_MODEL, values)]
    suggestions = rows(path, SUGGESTIONS, values)
    return Summary(
        first, tuple(rows(path, BY_DAY, values)), tuple(models), suggestions[0] if suggestions else none
    )


def with_latency(row: Row, latencies: list[dict[str, Any]]) -> Row:
    """A model's row with the time to its first word that half of its answers, and most of them, kept."""
    key = (row["model"], row["provider"], row["role"])
    times = [
        each["first_word_s"] for each in latencies if (each["model"], each["provider"], each["role"]) == key
    ]
    return {**row, "first_word_p50_s": quantile(times, 0.5), "first_word_p95_s": quantile(times, 0.95)}


def quantile(ordered: list[float], share: float) -> float | None:
    if not ordered:
        return None
    return ordered[min(len(ordered) - 1, math.ceil(share * len(ordered)) - 1)]
