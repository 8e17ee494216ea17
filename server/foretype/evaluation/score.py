"""Trials counted: how often right, how often among the surest, and how far a probability can be believed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.evaluation.holes import Trial

SHOW_RATES = (0.10, 0.25, 0.30, 0.50, 1.0)
LONG_REST_CHARS = 8
RELIABILITY_STEPS = 10


@dataclass(frozen=True)
class Reliability:
    """The answers in a band of probability: how many, what they claim, and the share that was right."""

    band: str
    answers: int
    claimed: float
    right: float


@dataclass(frozen=True)
class Score:
    """What a model achieved on some holes; shares are between 0 and 1."""

    holes: int
    right: float
    right_if_long: float
    precision_at: dict[str, float]
    threshold: float
    shown: float
    right_if_shown: float
    second_lines: float
    right_if_second_line: float
    p50_ms: float
    p95_ms: float
    reliability: list[Reliability]


def score(trials: Sequence[Trial], threshold: float) -> Score:
    """Count the trials of one run."""
    surest = sorted(trials, key=lambda trial: trial.probability, reverse=True)
    shown = [trial for trial in surest if trial.text is not None and trial.probability >= threshold]
    doubled = [trial for trial in shown if trial.has_second_line]
    milliseconds = sorted(trial.seconds * 1000 for trial in trials)
    return Score(
        holes=len(trials),
        right=_share_right(trials),
        right_if_long=_share_right([trial for trial in trials if len(trial.hole.rest) >= LONG_REST_CHARS]),
        precision_at={
            f"{rate:.0%}": _share_right(surest[: round(rate * len(surest))]) for rate in SHOW_RATES
        },
        threshold=threshold,
        shown=len(shown) / max(1, len(trials)),
        right_if_shown=sum(trial.is_right_throughout for trial in shown) / max(1, len(shown)),
        second_lines=len(doubled) / max(1, len(trials)),
        right_if_second_line=sum(trial.is_right_throughout for trial in doubled) / max(1, len(doubled)),
        p50_ms=_at(milliseconds, 0.50),
        p95_ms=_at(milliseconds, 0.95),
        reliability=_reliability(surest),
    )


def _share_right(trials: Sequence[Trial]) -> float:
    return sum(trial.is_right for trial in trials) / max(1, len(trials))


def _at(ordered: Sequence[float], quantile: float) -> float:
    return ordered[min(len(ordered) - 1, int(quantile * len(ordered)))] if ordered else 0.0


def _reliability(trials: Sequence[Trial]) -> list[Reliability]:
    bands: dict[int, list[Trial]] = {}
    for trial in trials:
        if trial.text is not None:
            bands.setdefault(
                min(int(trial.probability * RELIABILITY_STEPS), RELIABILITY_STEPS - 1), []
            ).append(trial)
    return [
        Reliability(
            band=f"{band / RELIABILITY_STEPS:.1f}-{(band + 1) / RELIABILITY_STEPS:.1f}",
            answers=len(trials),
            claimed=sum(trial.probability for trial in trials) / len(trials),
            right=_share_right(trials),
        )
        for band, trials in sorted(bands.items())
    ]
