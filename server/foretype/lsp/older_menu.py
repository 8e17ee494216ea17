"""Menus that write what their entries are filtered by, and only left of the cursor: those of kakoune-lsp."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from foretype.flows.completion.offers import Offer
from foretype.flows.completion.situation import Situation


class Questions:
    """Tells a question that is put once more: whoever does that has shown what else there is, and waits."""

    def __init__(self) -> None:
        self._last: Situation | None = None

    def is_put_again(self, situation: Situation) -> bool:
        last, self._last = self._last, situation
        return last is not None and last.document is situation.document and last.place == situation.place


def left_of_the_cursor(offers: Sequence[Offer], situation: Situation) -> Iterator[Offer]:
    """The offers that come out right where what stands behind the cursor is left as it is."""
    for offer in offers:
        covered = situation.line_after[: offer.replace_after]
        if offer.text != covered and offer.text.endswith(covered):
            yield replace(offer, text=offer.text.removesuffix(covered), replace_after=0)
