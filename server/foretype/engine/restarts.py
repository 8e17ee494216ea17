"""How often an engine that breaks down is started again, before the user is told to look."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

MOST = 3
WITHIN_S = 180.0


class Restarts:
    """Counts breakdowns; past the budget, nothing is started until the oldest is long enough ago."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._broke_down: deque[float] = deque(maxlen=MOST + 1)

    def broke_down(self) -> None:
        self._broke_down.append(self._now())

    def reset(self) -> None:
        self._broke_down.clear()

    @property
    def has_any(self) -> bool:
        """Whether it ever broke down since the last reset."""
        return bool(self._broke_down)

    @property
    def is_used_up(self) -> bool:
        recent = [at for at in self._broke_down if self._now() - at < WITHIN_S]
        return len(recent) > MOST
