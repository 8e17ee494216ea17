"""The answer for the text that an accepted suggestion makes, asked for before anybody asks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from foretype.documents.store import Event, Kind
from foretype.documents.text import Place
from foretype.flows.completion.offers import Offer
from foretype.flows.completion.run import Run
from foretype.flows.completion.situation import Situation, Trigger


class Ahead:
    """One request at most, and only while the document is what it was asked for."""

    def __init__(self, begin: Callable[[Situation], Run | None]) -> None:
        self._begin = begin
        self._run: Run | None = None

    def accepted(self, offer: Offer, situation: Situation) -> None:
        self.give_up()
        self._run = self._begin(after(offer, situation))

    def follow(self, event: Event) -> None:
        """Give up where the text left of the place is another: the user does something else."""
        if self._run is None:
            return
        expected = self._run.order.situation
        if event.document.key != expected.document.key:
            return
        now = replace(expected, document=event.document)
        is_closed = event.kind is Kind.CLOSED
        if is_closed or self._run.task.done() or now.near_before != expected.near_before:
            self.give_up()

    def give_up(self) -> None:
        if self._run is not None:
            self._run.give_up()
            self._run = None


def after(offer: Offer, situation: Situation) -> Situation:
    """The situation that taking an offer makes."""
    document, place = situation.document, situation.place
    covered = Place(place.line, place.column + offer.replace_after)
    text, _ = document.text.replace(place, covered, offer.text)
    lines = offer.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    column = len(lines[-1]) + (place.column if len(lines) == 1 else 0)
    here = Place(place.line + len(lines) - 1, column)
    return Situation(replace(document, text=text, version=None), here, Trigger.AUTOMATIC)
