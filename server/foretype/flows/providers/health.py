"""How each model has been doing at each provider, from the requests that were really sent."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

WEIGHT_OF_NEWEST = 0.3


@dataclass(frozen=True)
class Pulse:
    """What the last requests have shown; the latency is smoothed, and counts what came until a first word."""

    provider: str
    requests: int = 0
    failures_in_a_row: int = 0
    first_word_s: float | None = None
    last_problem: str = ""
    last_at: float = 0.0

    @property
    def is_well(self) -> bool:
        return self.failures_in_a_row == 0


@dataclass
class Health:
    """One pulse for each model and provider. A success makes up for every failure before it."""

    clock: Callable[[], float] = time.monotonic
    _pulses: dict[tuple[str, str], Pulse] = field(default_factory=dict)

    def answered(self, model: str, provider: str, first_word_s: float) -> None:
        pulse = self._pulse(model, provider)
        before = pulse.first_word_s
        smoothed = first_word_s if before is None else before + WEIGHT_OF_NEWEST * (first_word_s - before)
        self._keep(model, replace(pulse, failures_in_a_row=0, first_word_s=smoothed, last_problem=""))

    def failed(self, model: str, provider: str, problem: str) -> None:
        pulse = self._pulse(model, provider)
        failures = pulse.failures_in_a_row + 1
        self._keep(model, replace(pulse, failures_in_a_row=failures, last_problem=problem))

    def of(self, model: str) -> tuple[Pulse, ...]:
        """The pulses of a model, that of the last request first."""
        pulses = [pulse for (name, _), pulse in self._pulses.items() if name == model]
        return tuple(sorted(pulses, key=lambda pulse: pulse.last_at, reverse=True))

    def _pulse(self, model: str, provider: str) -> Pulse:
        return self._pulses.get((model, provider), Pulse(provider))

    def _keep(self, model: str, pulse: Pulse) -> None:
        pulse = replace(pulse, requests=pulse.requests + 1, last_at=self.clock())
        self._pulses[model, pulse.provider] = pulse
