"""How long to wait for the next key before a model is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

REST_S = 1.0
UNKNOWN_RHYTHM_S = 0.055
WEIGHT_OF_LAST_KEY = 0.3
WEIGHT_OF_LAST_ANSWER = 0.3
KEYS_TO_WAIT = 1.4
SHORTEST_WAIT_S = 0.06
LONGEST_WAIT_S = 0.1
SHARE_OF_LATENCY = 0.12


class Pace:
    """Follows the rhythm of the keys: a wait a little longer than the gap between two of them.

    The longest wait bounds what a slow typist loses. A model that cannot answer between two keys gets
    a little more, in proportion to what it takes anyway: asked at each, it would only be stopped at the next.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_key_s: float | None = None
        self._rhythm_s = UNKNOWN_RHYTHM_S
        self._latency_s: float | None = None

    def key_pressed(self) -> None:
        now = self._clock()
        if self._last_key_s is not None and (gap_s := now - self._last_key_s) < REST_S:
            self._rhythm_s += WEIGHT_OF_LAST_KEY * (gap_s - self._rhythm_s)
        self._last_key_s = now

    def answered(self, latency_s: float) -> None:
        """A model took so long for a whole answer."""
        before_s = latency_s if self._latency_s is None else self._latency_s
        self._latency_s = before_s + WEIGHT_OF_LAST_ANSWER * (latency_s - before_s)

    @property
    def wait_s(self) -> float:
        """How long after the last key a model may be asked."""
        latency_s = self._latency_s or 0.0
        is_slow = latency_s > self._rhythm_s
        longest_s = LONGEST_WAIT_S + (SHARE_OF_LATENCY * latency_s if is_slow else 0.0)
        return min(max(KEYS_TO_WAIT * self._rhythm_s, SHORTEST_WAIT_S), longest_s)

    @property
    def left_s(self) -> float:
        """How much of that is still to wait."""
        since_key_s = self._clock() - self._last_key_s if self._last_key_s is not None else 0.0
        return max(0.0, self.wait_s - since_key_s)
