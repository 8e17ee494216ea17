"""A segment seen with the session's numbers, and what it says about the next piece."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TYPE_CHECKING

from foretype.predictor.vocabulary import FIRST_WORD, Vocabulary

if TYPE_CHECKING:
    from foretype.predictor.blending import Evidence
    from foretype.predictor.segment import Segment

PLACES_PER_ORDER = 8
MAX_WORD_WEIGHT = 40.0
MAX_PREFIX_WORDS = 3000
PREFIX_WORDS = 6
SMALL_RANGE = 40
FOLDER_WEIGHT = 1.5


@dataclass(frozen=True)
class Scope:
    """Which places count for one file: those of open files do not, those below its own folder count more.

    `left_out` has the edges of stretches, in order: a place after an odd number of edges is left out.
    """

    left_out: tuple[int, ...] = ()
    folder: range = range(0)

    def leaves_out(self, place: int) -> bool:
        return bool(bisect_right(self.left_out, place) & 1)


class Workspace:
    """The workspace's evidence; places of files that are open are left out, for their text is at hand."""

    def __init__(self, segment: Segment, vocabulary: Vocabulary) -> None:
        self.segment = segment
        self._vocabulary = vocabulary
        self._to_segment: dict[int, int] = {number: number for number in range(FIRST_WORD)}
        self._from_segment: dict[int, int] = {number: number for number in range(FIRST_WORD)}
        self._gaps = [vocabulary.gap_number(text) for text in segment.gap_texts]

    def scope(self, path: str, open_paths: Sequence[str]) -> Scope:
        """What counts for the file of this path while others are open."""
        found = map(self.segment.span_of, (path, *open_paths))
        spans = sorted({(span.start, span.stop) for span in found if span})
        folder, separator, _ = path.rpartition("/" if "/" in path else "\\")
        below = self.segment.span_below(folder + separator) if separator else range(0)
        return Scope(tuple(edge for span in spans for edge in span), below)

    def context(self, words: str) -> bytes:
        """The end of a context, backwards and in the segment's numbers, as far back as it knows the words."""
        known = self._to_segment
        parts = []
        for character in reversed(words):
            number = known.get(ord(character))
            if number is None:
                number = self._learn(ord(character))
            if not number:
                break
            parts.append(number.to_bytes(4, "big"))
        return b"".join(parts)

    def after(self, context: bytes, scope: Scope) -> list[Evidence]:
        """What followed the last tokens of a context, from a sample of the places for each length."""
        found: list[Evidence] = []
        places = self.segment.places
        inner = range(0)
        ranges = self.segment.ranges(context) if context else []
        for order in range(len(ranges), 0, -1):
            outer = range(*ranges[order - 1])
            for at in _sample(outer, inner):
                place = places[at]
                if place and not scope.leaves_out(place):
                    weight = FOLDER_WEIGHT if place in scope.folder else 1.0
                    found.append((self._piece(place - 1), order, weight))
            inner = outer
        return found

    def of_word(self, word: int, piece: int, context: bytes, scope: Scope) -> list[Evidence]:
        """How often a word stands after the last 0, 1, 2 … tokens of a context."""
        number = self.context(chr(word))
        ranges = self.segment.ranges(number + context) if number else []
        found = []
        inner = 0
        for order in range(len(ranges) - 1, -1, -1):
            low, high = ranges[order]
            count = high - low - inner
            inner = high - low
            if count and inner <= SMALL_RANGE:
                places = self.segment.places[low:high]
                count -= sum(map(scope.leaves_out, places))
            if count > 0:
                found.append((piece, order, min(float(count), MAX_WORD_WEIGHT)))
        return found

    def frequent_words(self, prefix: str) -> list[str]:
        """The words that begin with a prefix, the most frequent first."""
        segment = self.segment
        numbers = segment.numbers_that_begin(prefix, MAX_PREFIX_WORDS)
        return [segment.word(number) for number in nlargest(PREFIX_WORDS, numbers, key=segment.count)]

    def _learn(self, number: int) -> int:
        found = self.segment.number(self._vocabulary.words[number]) or 0
        self._to_segment[number] = found
        return found

    def _piece(self, place: int) -> int:
        number = self.segment.token(place)
        word = self._from_segment.get(number)
        if word is None:
            word = self._from_segment[number] = self._vocabulary.number(self.segment.word(number))
        return word << 8 | self._gaps[self.segment.gaps[place : place + 1][0]]


def _sample(outer: range, inner: range) -> list[int]:
    """Some numbers of a range that are not in the range within it."""
    size = len(outer) - len(inner)
    if size <= PLACES_PER_ORDER:
        if not inner:
            return list(outer)
        return [*range(outer.start, inner.start), *range(inner.stop, outer.stop)]
    step = len(outer) / PLACES_PER_ORDER
    spread = [int(outer.start + (n + 0.5) * step) for n in range(PLACES_PER_ORDER)]
    return [at for at in spread if at not in inner]
