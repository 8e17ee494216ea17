"""An open file as token numbers, a short string of them per line, kept right through every edit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from foretype.predictor import tokens
from foretype.predictor.vocabulary import FIRST_LINE_START, Vocabulary


def indentation_of(line: str) -> int:
    return len(line) - len(line.lstrip())


def line_start(indentation: int, indentation_above: int, after_blank_line: bool) -> str:
    """The token that begins a line: deeper, level or shallower, after a blank line or not."""
    step = (indentation > indentation_above) - (indentation < indentation_above)
    return chr(FIRST_LINE_START + step + 1 + (3 if after_blank_line else 0))


class Buffer:
    """The lines of a file, and of each its words' numbers (as characters) and its gaps' numbers (as bytes).

    A blank line has neither; any other line begins with the token that says how it is indented.
    """

    def __init__(self, path: str, family: str, lines: Sequence[str], vocabulary: Vocabulary) -> None:
        self.path = path
        self.family = tokens.known(family)
        self.lines: list[str] = []
        self.words: list[str] = []
        self.gaps: list[bytes] = []
        self._vocabulary = vocabulary
        self.splice(0, 0, lines)

    def splice(self, first: int, removed: int, inserted: Sequence[str]) -> None:
        """Put these lines where some lines were removed."""
        encoded = [self._encode(line) for line in inserted]
        self.lines[first : first + removed] = inserted
        self.words[first : first + removed] = [words for words, _ in encoded]
        self.gaps[first : first + removed] = [gaps for _, gaps in encoded]
        self._mark_line_starts(first, first + len(inserted))

    def encode(self, text: str) -> tuple[str, bytes]:
        """The numbers of a piece of a line, words as characters and gaps as bytes."""
        codes = [self._vocabulary.code(token) for token in tokens.cut(text, self.family)]
        return "".join([chr(word) for word, _ in codes]), bytes([gap for _, gap in codes])

    def start_of(self, line: int, indentation: int) -> str:
        """The token that would begin a line of this indentation here."""
        indentation_above, after_blank_line = self._above(line)
        return line_start(indentation, indentation_above, after_blank_line)

    def near(self, line: int, step: int) -> str:
        """The nearest line above (-1) or below (1) that is not blank."""
        at = line + step
        while 0 <= at < len(self.lines):
            if self.words[at]:
                return self.lines[at]
            at += step
        return ""

    def _encode(self, line: str) -> tuple[str, bytes]:
        content = line.strip()
        if not content or len(content) > tokens.MAX_LINE_CHARS:
            return "", b""
        words, gaps = self.encode(content)
        # The first character is the place of the line's start, which is known once the lines above are.
        return "\0" + words, b"\0" + gaps

    def _mark_line_starts(self, first: int, end: int) -> None:
        """Say of each inserted line, and of the first line after them, how it stands to the line above."""
        indentation_above, after_blank_line = self._above(first)
        for at in self._lines_to_mark(first, end):
            if not self.words[at]:
                after_blank_line = True
                continue
            indentation = indentation_of(self.lines[at])
            start = line_start(indentation, indentation_above, after_blank_line)
            self.words[at] = start + self.words[at][1:]
            indentation_above, after_blank_line = indentation, False

    def _lines_to_mark(self, first: int, end: int) -> Iterator[int]:
        yield from range(first, end)
        rest = range(end, len(self.words))
        following = next((at for at in rest if self.words[at]), len(self.words) - 1)
        yield from islice(rest, following - end + 1)

    def _above(self, line: int) -> tuple[int, bool]:
        after_blank_line = False
        for at in range(line - 1, -1, -1):
            if self.words[at]:
                return indentation_of(self.lines[at]), after_blank_line
            after_blank_line = True
        return 0, after_blank_line
