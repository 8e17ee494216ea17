"""How likely a whole continuation is right: a logistic of its traits, fitted to real code."""

from __future__ import annotations

import json
from math import exp
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.predictor.traits import TRAITS

if TYPE_CHECKING:
    from collections.abc import Sequence

WEIGHTS_FILE = "confidence.json"


class Confidence:
    """The fitted weights, by trait."""

    def __init__(self, weights: dict[str, float], threshold: float) -> None:
        self.threshold = threshold
        self._weights = [weights.get(name, 0.0) for name in TRAITS]

    @classmethod
    def fitted(cls) -> Confidence:
        """The weights that come with the package."""
        text = (Path(__file__).parent / WEIGHTS_FILE).read_text(encoding="utf-8")
        fitted = json.loads(text)
        return cls(fitted["weights"], fitted["threshold"])

    def of(self, traits: Sequence[float]) -> float:
        """The probability that a continuation with these traits is right."""
        score = sum([weight * trait for weight, trait in zip(self._weights, traits, strict=False)])
        return 1.0 / (1.0 + exp(-max(-30.0, min(30.0, score))))
