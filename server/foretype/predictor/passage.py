"""Text that is open in the editor, searched for what followed the same tokens elsewhere in it."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.predictor.blending import MAX_ORDER, Evidence
from foretype.predictor.vocabulary import CURSOR

ENOUGH_PLACES = 8


@dataclass(frozen=True)
class Reading:
    """How a passage is read: how many places before and after home count, and how much each."""

    places_before: int
    places_after: int
    weight: float
    weight_nearby: float
    nearby_tokens: float


AROUND_CURSOR = Reading(24, 12, weight=3.0, weight_nearby=3.0, nearby_tokens=300.0)
OTHER_FILES = Reading(12, 0, weight=2.0, weight_nearby=0.0, nearby_tokens=1.0)


class Passage:
    """Token numbers as one string, and the gap before each; nothing of the line after the cursor is in it."""

    def __init__(self, words: str, gaps: bytes, home: int, reading: Reading) -> None:
        self.words = words
        self.gaps = gaps
        self.home = home
        self.reading = reading

    def after(self, context: str) -> list[Evidence]:
        """What followed the last tokens of a context, wherever in the passage they stand."""
        found: list[Evidence] = []
        seen: set[int] = set()
        for order in (2, 1):
            if order <= len(context):
                places = [at for at in self._places(context[-order:]) if at not in seen]
                seen.update(places)
                found += self._read(places, order, context)
                if len(found) >= ENOUGH_PLACES:
                    break
        return found

    def of_word(self, word: int, piece: int, context: str) -> list[Evidence]:
        """The places where a word stands, as evidence that it comes next in this context."""
        ends = self._places(chr(word))
        return [
            (piece, order, weight) for _, order, weight in self._read([end - 1 for end in ends], 0, context)
        ]

    def _places(self, needle: str) -> list[int]:
        """The ends of the needle's occurrences, those nearest to home."""
        words = self.words
        width = len(needle)
        places = []
        at = self.home
        for _ in range(self.reading.places_before):
            at = words.rfind(needle, 0, at + width - 1)
            if at < 0:
                break
            places.append(at + width)
        at = self.home
        for _ in range(self.reading.places_after):
            at = words.find(needle, at + 1)
            if at < 0:
                break
            places.append(at + width)
        return places

    def _read(self, places: list[int], agreed: int, context: str) -> list[Evidence]:
        """The piece at each place, and how many tokens before it agree, given that so many do."""
        words, gaps, home = self.words, self.gaps, self.home
        reading = self.reading
        backwards = context[::-1][agreed:MAX_ORDER]
        found = []
        for place in places:
            if place >= len(words) or (word := ord(words[place])) == CURSOR:
                continue
            at = place - agreed
            for token in backwards:
                at -= 1
                if at < 0 or words[at] != token:
                    break
            else:
                at -= 1
            distance = abs(home - place)
            weight = reading.weight + reading.weight_nearby / (1.0 + distance / reading.nearby_tokens)
            piece = word << 8 | gaps[place]
            found.append((piece, place - at - 1, weight))
        return found
