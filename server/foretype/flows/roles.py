"""Which model answers for a role, and why that one and not the one before it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from foretype.config.settings import Role


@dataclass(frozen=True)
class Chosen:
    """The model that is asked first; without one, `reason` says what is missing."""

    model: str
    reason: str


def chosen(role: Role, models: Iterable[str], obstacle_to: Callable[[str], str]) -> Chosen:
    """The first model that nothing is known against; `obstacle_to` says what is, in a sentence."""
    passed_over: list[str] = []
    for written in models:
        obstacle = obstacle_to(written)
        if not obstacle:
            return Chosen(written, f"{'; '.join(passed_over)}; so {written}" if passed_over else "")
        passed_over.append(f"{written}: {obstacle.rstrip('.')}")
    return Chosen("", "; ".join(passed_over) or f"no model is set in `models.{role}`")
