"""What was shown and what became of it: counted here, and never sent anywhere."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion

MAX_OPEN = 50


@dataclass(frozen=True)
class Offer:
    """A suggestion as it went out: text in place of `replace_after` code points right of the cursor."""

    id: str
    text: str
    replace_after: int = 0


@dataclass(frozen=True)
class Tally:
    """How many suggestions went out, and what came back of them."""

    shown: int
    accepted: int
    rejected: int


class Offers:
    """Numbers the suggestions that go out, and hears of each at most once what became of it."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._open: OrderedDict[str, tuple[Offer, Situation]] = OrderedDict()
        self._tally = {"shown": 0, "accepted": 0, "rejected": 0}

    @property
    def tally(self) -> Tally:
        return Tally(**self._tally)

    def make(self, situation: Situation, suggestions: Iterable[Suggestion]) -> tuple[Offer, ...]:
        offers = tuple(Offer(str(next(self._numbers)), each.text, each.replace_after) for each in suggestions)
        for offer in offers:
            self._open[offer.id] = offer, situation
            self._tally["shown"] += 1
        while len(self._open) > MAX_OPEN:
            self._open.popitem(last=False)
        return offers

    def accepted(self, id: str) -> tuple[Offer, Situation] | None:
        """The offer and where it was made, if it was still open; it is no longer."""
        return self._close(id, "accepted")

    def rejected(self, id: str) -> tuple[Offer, Situation] | None:
        return self._close(id, "rejected")

    def _close(self, id: str, outcome: str) -> tuple[Offer, Situation] | None:
        made = self._open.pop(id, None)
        if made is not None:
            self._tally[outcome] += 1
        return made
