"""Where an answer goes on: a model that begins with words it has said before is cut where they end."""

from __future__ import annotations

LONGEST = 2000
LEAST_LETTERS = 3


class Seam:
    """`feed` what comes, `finish` at the end: the beginning is held back while it may be a repetition.

    Repeated is what stands at the end of `before`, from the beginning of a word; of a text that ended with
    a line, from the beginning of a line. Less than a word of three letters may well stand there twice.
    """

    def __init__(self, before: str) -> None:
        tail = before[-LONGEST:]
        self._endings = [tail[at:] for at in range(len(tail)) if may_be_repeated(tail, at)]
        self._between = "\n" if before.endswith("\n") else None
        self._held = ""

    def feed(self, piece: str) -> str:
        if not self._endings:
            return piece
        self._held += piece
        said = self._held.lstrip(self._between)
        return "" if any(ending.startswith(said) for ending in self._endings) else self.finish()

    def finish(self) -> str:
        """The rest, without what it repeats."""
        held, said = self._held, self._held.lstrip(self._between)
        repeated = next((ending for ending in self._endings if self._begins_with(said, ending)), "")
        self._endings, self._held = [], ""
        return said[len(repeated) :] if repeated else held

    def _begins_with(self, said: str, ending: str) -> bool:
        """Behind white space the words are whole ones: "the" is not repeated by " theory"."""
        if not said.startswith(ending):
            return False
        return said == self._held or not is_in_word(ending[-1] + said[len(ending) :], 1)


def may_be_repeated(tail: str, at: int) -> bool:
    """Whether a repetition of the end of a text may begin at this place."""
    if sum(map(str.isalpha, tail[at:])) < LEAST_LETTERS:
        return False
    if tail.endswith("\n"):
        return at == 0 or tail[at - 1] == "\n"
    return is_of_word(tail[at]) and not is_in_word(tail, at)


def is_in_word(text: str, at: int) -> bool:
    """Whether both sides of a place belong to one word."""
    return 0 < at < len(text) and is_of_word(text[at - 1]) and is_of_word(text[at])


def is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"
