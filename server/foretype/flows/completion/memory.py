"""Suggestions already made: for the same text around the cursor, and for text typed as one suggested."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import add

from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion

MAX_PLACES = 500
BEFORE_CHARACTERS = 500
AFTER_CHARACTERS = 200
MAX_TYPED_CHARACTERS = 300
MAX_CLOSERS = 3
OPENER_OF = {")": "(", "]": "[", "}": "{", ">": "<"}
CLOSERS = (*OPENER_OF, '"', "'", "`")

Surroundings = tuple[str, str]


class Memory:
    """Keeps the last few hundred suggestions by the text around them, wherever in a file that stands."""

    def __init__(self, max_places: int = MAX_PLACES) -> None:
        self._max_places = max_places
        self._known: OrderedDict[Surroundings, tuple[Suggestion, ...]] = OrderedDict()
        self._starts: set[str] = set()
        self._looked_up: tuple[Situation, tuple[Suggestion, ...] | None] | None = None

    def remember(self, situation: Situation, suggestions: Sequence[Suggestion]) -> None:
        self._looked_up = None
        key = surroundings(situation.near_before, situation.near_after)
        self._known[key] = tuple(suggestions)
        self._known.move_to_end(key)
        self._starts.update(suggestion.text[:length] for suggestion in suggestions for length in (1, 2))
        while len(self._known) > self._max_places:
            self._known.popitem(last=False)

    def recall(self, situation: Situation) -> tuple[Suggestion, ...] | None:
        """What is left of what was suggested here, or where typing it began; None if nothing was.

        One request asks several times, mostly about what is not known.
        """
        if self._looked_up is None or self._looked_up[0] is not situation:
            self._looked_up = situation, self._found(situation)
        return self._looked_up[1]

    def _found(self, situation: Situation) -> tuple[Suggestion, ...] | None:
        before = situation.near_before
        begun = self._places_begun(before)
        for after, closed in afters(situation):
            for begun_at in begun:
                known = self._known.get(surroundings(before[:begun_at], after))
                if known is not None:
                    typed = before[begun_at:]
                    left = tuple(rest_of(known, typed, closed, after))
                    if left or not (typed or closed):
                        return left
        return None

    def _places_begun(self, before: str) -> list[int]:
        """Here, and backwards from here where the text goes on as some suggestion begins."""
        tail = before[-MAX_TYPED_CHARACTERS:]
        pairs = [*map(add, tail, tail[1:]), tail[-1:]]
        first = len(before) - len(tail)
        typed = [at for at, pair in enumerate(pairs, first) if pair in self._starts]
        return [len(before), *reversed(typed)]

    def forget_silence(self) -> None:
        """Forget where nothing was suggested."""
        self._looked_up = None
        self._known = OrderedDict((key, known) for key, known in self._known.items() if known)

    def forget(self) -> None:
        self._looked_up = None
        self._known.clear()
        self._starts.clear()


def surroundings(before: str, after: str) -> Surroundings:
    return before[-BEFORE_CHARACTERS:], after[:AFTER_CHARACTERS]


def afters(situation: Situation) -> Iterator[tuple[str, str]]:
    """The text behind the cursor, and without the brackets that an editor may have closed by itself."""
    after = situation.near_after
    yield after, ""
    for closers in range(1, MAX_CLOSERS + 1):
        if after[closers - 1 : closers] not in CLOSERS:
            return
        yield after[closers:], after[:closers]


def rest_of(known: Sequence[Suggestion], typed: str, closed: str, after: str) -> Iterator[Suggestion]:
    """The suggestions that go on from what was typed; closed brackets are theirs to write again."""
    for suggestion in known:
        rest = suggestion.text[len(typed) :]
        covered = closed + after[: suggestion.replace_after]
        if rest and suggestion.text.startswith(typed) and (not closed or closes(rest, covered)):
            yield replace(suggestion, text=rest, replace_after=len(covered))


def closes(text: str, covered: str) -> bool:
    """Whether a text has to spare all the brackets and quotes that it would stand for."""
    return all(spare(text, closer) >= covered.count(closer) for closer in CLOSERS)


def spare(text: str, closer: str) -> int:
    opener = OPENER_OF.get(closer)
    return text.count(closer) - (text.count(opener) if opener else 0)
