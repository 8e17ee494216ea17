"""The workspace as one read-only table: every place in it, sorted by the tokens that lead up to it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from foretype.predictor.vocabulary import FIRST_WORD

SORTED_TOKENS = 10


class WordList(Sequence[str]):
    """Sorted words in one stretch of UTF-8."""

    def __init__(self, text: bytes, ends: Sequence[int]) -> None:
        self.text = text
        self.ends = ends

    def __len__(self) -> int:
        return len(self.ends) - 1

    def __getitem__(self, at: int) -> str:  # type: ignore[override]  # no slices: nobody takes one
        return self.text[self.ends[at] : self.ends[at + 1]].decode("utf-8", "surrogatepass")


@dataclass(frozen=True)
class Segment:
    """Token numbers backwards, and the places among them sorted by what leads up to each.

    Numbers are big-endian, so that comparing bytes compares tokens; words are numbered in sorted order.
    """

    backwards: bytes
    gaps: bytes
    places: Sequence[int]
    heads: Sequence[int]
    words: Sequence[str]
    gap_texts: Sequence[str]
    file_ends: Sequence[int]
    paths: Sequence[str]

    def number(self, word: str) -> int | None:
        """The number of a word here, if it occurs."""
        at = bisect_left(self.words, word)
        if at < len(self.words) and self.words[at] == word:
            return at + FIRST_WORD
        return None

    def word(self, number: int) -> str:
        return self.words[number - FIRST_WORD]

    def numbers_that_begin(self, prefix: str, limit: int) -> range:
        """The numbers of the words that begin with a prefix, as far as the limit."""
        first = bisect_left(self.words, prefix)
        last = bisect_left(self.words, prefix + "\U0010ffff", first)
        return range(first + FIRST_WORD, min(last, first + limit) + FIRST_WORD)

    def count(self, number: int) -> int:
        """How often a token occurs."""
        return self.heads[number + 1] - self.heads[number]

    def token(self, place: int) -> int:
        return int.from_bytes(self.backwards[4 * place : 4 * place + 4], "big")

    def ranges(self, context: bytes) -> list[tuple[int, int]]:
        """Where among the places the last 1, 2, 3 … tokens of a context stand; it is given backwards."""
        backwards, places = self.backwards, self.places
        number = int.from_bytes(context[:4], "big")
        low, high = self.heads[number], self.heads[number + 1]
        found = []
        width = 4

        def lead_up(place: int) -> bytes:
            return backwards[4 * place : 4 * place + width]

        while low < high:
            found.append((low, high))
            width += 4
            if width > len(context):
                break
            wanted = context[:width]
            low = bisect_left(places, wanted, low, high, key=lead_up)
            high = bisect_right(places, wanted, low, high, key=lead_up)
        return found

    def span_below(self, folder: str) -> range:
        """The places of all files below a folder, whose name ends in a separator."""
        first = bisect_left(self.paths, folder)
        last = bisect_left(self.paths, folder + "\U0010ffff", first)
        size = len(self.places)
        return range(size - self.file_ends[last], size - self.file_ends[first]) if last > first else range(0)

    def span_of(self, path: str) -> range:
        """The places of one file, none if it is not here."""
        at = bisect_left(self.paths, path)
        if at == len(self.paths) or self.paths[at] != path:
            return range(0)
        size = len(self.places)
        return range(size - self.file_ends[at + 1], size - self.file_ends[at])
