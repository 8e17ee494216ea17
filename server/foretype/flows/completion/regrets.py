"""Places where a suggestion was just rejected, or taken and undone: nobody wants to see it there again."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

from foretype.flows.completion.memory import Surroundings, surroundings
from foretype.flows.completion.situation import Situation

QUIET_S = 30.0
MAX_PLACES = 20


class Regrets:
    """Notes where the user decided on a suggestion: who is back at such a place has thought better of it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._decided_s: OrderedDict[Surroundings, float] = OrderedDict()

    def decided(self, situation: Situation) -> None:
        """A suggestion that was shown here was taken or rejected."""
        place = surroundings(situation.near_before, situation.near_after)
        self._decided_s[place] = self._clock()
        self._decided_s.move_to_end(place)
        while len(self._decided_s) > MAX_PLACES:
            self._decided_s.popitem(last=False)

    def are_fresh(self, situation: Situation) -> bool:
        """Whether the text is again, or still, what it was when the user decided a moment ago."""
        if not self._decided_s:
            return False
        decided_s = self._decided_s.get(surroundings(situation.near_before, situation.near_after))
        return decided_s is not None and self._clock() - decided_s < QUIET_S
