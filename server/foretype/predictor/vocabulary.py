"""The words and gaps seen in this session, each with a number."""

from __future__ import annotations

# Numbers below FIRST_WORD stand for places in a file, not for text.
FILE_BREAK, CURSOR, FIRST_LINE_START = 0, 1, 2
FIRST_WORD = 32
LAST_WORD = 0x10FFFF
MAX_GAPS = 255

# A piece is a word with the gap before it, packed into one number; those below FIRST_PIECE end a line, and
# LINE_END stands for all of them.
FIRST_PIECE = FIRST_WORD << 8
LINE_END = -1


class Vocabulary:
    """Numbers for words and for the white space between them, given out in the order they are seen."""

    def __init__(self) -> None:
        self.words: list[str] = [""] * FIRST_WORD
        self.gaps: list[str] = ["", " "]
        self._numbers: dict[str, int] = {}
        self._gap_numbers: dict[str, int] = {"": 0, " ": 1}
        self._codes: dict[str, tuple[int, int]] = {}

    def number(self, word: str) -> int:
        """The number of a word, a new one if it is seen for the first time."""
        number = self._numbers.get(word)
        if number is None:
            if len(self.words) > LAST_WORD:
                return FILE_BREAK
            number = self._numbers[word] = len(self.words)
            self.words.append(word)
        return number

    def gap_number(self, gap: str) -> int:
        """The number of a stretch of white space; once the numbers are used up, that of one space."""
        number = self._gap_numbers.get(gap)
        if number is None:
            if len(self.gaps) >= MAX_GAPS:
                return 1
            number = self._gap_numbers[gap] = len(self.gaps)
            self.gaps.append(gap)
        return number

    def code(self, token: str) -> tuple[int, int]:
        """The numbers of a cut token: its word's and its gap's."""
        code = self._codes.get(token)
        if code is None:
            word = token.lstrip()
            gap = token[: len(token) - len(word)]
            code = self._codes[token] = (self.number(word), self.gap_number(gap))
        return code

    def text_of(self, piece: int) -> str:
        """A piece as it stands in a line, with its gap."""
        if piece == LINE_END:
            return ""
        return self.gaps[piece & 255] + self.words[piece >> 8]
