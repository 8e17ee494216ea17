"""Suggestions already made: for the same text around the cursor, and for text typed as one suggested."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion

MAX_PLACES = 500
BEFORE_CHARACTERS = 500
AFTER_CHARACTERS = 200
MAX_TYPED_CHARACTERS = 300
MAX_CLOSERS = 3
CLOSERS = ")]}\"'`>"

Surroundings = tuple[str, str]


class Memory:
    """Keeps the last few hundred suggestions by the text around them, wherever in a file that stands."""

    def __init__(self, max_places: int = MAX_PLACES) -> None:
        self._max_places = max_places
        self._known: OrderedDict[Surroundings, tuple[Suggestion, ...]] = OrderedDict()

    def remember(self, situation: Situation, suggestions: Sequence[Suggestion]) -> None:
        key = surroundings(situation.near_before, situation.near_after)
        self._known[key] = tuple(suggestions)
        self._known.move_to_end(key)
        while len(self._known) > self._max_places:
            self._known.popitem(last=False)

    def recall(self, situation: Situation) -> tuple[Suggestion, ...] | None:
        """What is left of what was suggested here, or where typing it began; None if nothing was."""
        before = situation.near_before
        for after, closers in afters(situation):
            for typed_characters in range(min(len(before), MAX_TYPED_CHARACTERS) + 1):
                begun_at = len(before) - typed_characters
                known = self._known.get(surroundings(before[:begun_at], after))
                if known is not None:
                    left = tuple(rest_of(known, before[begun_at:], closers))
                    if left or not typed_characters:
                        return left
        return None

    def forget(self) -> None:
        self._known.clear()


def surroundings(before: str, after: str) -> Surroundings:
    return before[-BEFORE_CHARACTERS:], after[:AFTER_CHARACTERS]


def afters(situation: Situation) -> Iterator[tuple[str, int]]:
    """The text behind the cursor, and without the brackets that an editor may have closed by itself."""
    after = situation.near_after
    yield after, 0
    for closers in range(1, MAX_CLOSERS + 1):
        if after[closers - 1 : closers] not in tuple(CLOSERS):
            return
        yield after[closers:], closers


def rest_of(known: Sequence[Suggestion], typed: str, closers: int) -> Iterator[Suggestion]:
    """The suggestions that go on from what was typed; closed brackets are theirs to write again."""
    for suggestion in known:
        if suggestion.text.startswith(typed) and len(suggestion.text) > len(typed):
            rest = suggestion.text[len(typed) :]
            yield replace(suggestion, text=rest, replace_after=suggestion.replace_after + closers)
