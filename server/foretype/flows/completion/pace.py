"""How long to wait for the next key before a model is asked."""

from __future__ import annotations

import time
from collections.abc import Callable

REST_S = 1.0
UNKNOWN_RHYTHM_S = 0.055
WEIGHT_OF_LAST_KEY = 0.3
KEYS_TO_WAIT = 1.4
SHORTEST_WAIT_S = 0.06
LONGEST_WAIT_S = 0.1


class Pace:
    """Follows the rhythm of the keys: a wait a little longer than the gap between two of them.

    The longest wait bounds what a slow typist loses; a fast model does not make it longer.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last_key_s: float | None = None
        self._rhythm_s = UNKNOWN_RHYTHM_S

    def key_pressed(self) -> None:
        now = self._clock()
        if self._last_key_s is not None and (gap_s := now - self._last_key_s) < REST_S:
            self._rhythm_s += WEIGHT_OF_LAST_KEY * (gap_s - self._rhythm_s)
        self._last_key_s = now

    @property
    def wait_s(self) -> float:
        """How long after the last key a model may be asked."""
        return min(max(KEYS_TO_WAIT * self._rhythm_s, SHORTEST_WAIT_S), LONGEST_WAIT_S)

    @property
    def left_s(self) -> float:
        """How much of that is still to wait."""
        since_key_s = self._clock() - self._last_key_s if self._last_key_s is not None else 0.0
        return max(0.0, self.wait_s - since_key_s)
