"""One question: how does this line go on after the cursor? Everything the search asks of the evidence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.predictor import tokens
from foretype.predictor.blending import MAX_ORDER, Evidence, Guess, blend
from foretype.predictor.buffer import Buffer, indentation_of
from foretype.predictor.vocabulary import CURSOR, FILE_BREAK, FIRST_PIECE, LINE_END, Vocabulary

if TYPE_CHECKING:
    from foretype.predictor.passage import Passage
    from foretype.predictor.workspace import Scope, Workspace

LINES_FOR_WORDS = 400
MAX_WORDS = 12


@dataclass(frozen=True)
class Cursor:
    """Where the cursor stands: the tokens before it that are whole, and the beginning of the next one."""

    before: str
    gaps: bytes
    begun: str


def cursor_at(buffer: Buffer, line: int, column: int) -> Cursor:
    """Read the line up to the cursor; a word that ends at the cursor may still grow, so it is only begun."""
    left = buffer.lines[line][:column]
    content = left.lstrip()
    whole = content.rstrip()
    begun = content[len(whole) :]
    if whole and not begun:
        last = tokens.cut(whole, buffer.family)[-1]
        word = last.lstrip()
        if tokens.is_word(word, buffer.family) or tokens.operators_that_begin(word):
            begun = last
            whole = whole[: len(whole) - len(last)]
    words, gaps = buffer.encode(whole)
    start = buffer.words[line][:1] or buffer.start_of(line, indentation_of(left))
    return Cursor(start + words, b"\0" + gaps, begun)


class Query:
    """The evidence around one cursor."""

    def __init__(
        self,
        buffer: Buffer,
        line: int,
        cursor: Cursor,
        passages: Sequence[Passage],
        workspace: Workspace | None,
        scope: Scope,
        vocabulary: Vocabulary,
    ) -> None:
        self.buffer = buffer
        self.line = line
        self.cursor = cursor
        self._passages = passages
        self._workspace = workspace
        self._scope = scope
        self._vocabulary = vocabulary
        here = passages[0]
        self._context = here.words[max(0, here.home - MAX_ORDER) : here.home]

    def first(self) -> list[Guess]:
        """The guesses for the piece at the cursor, which agree with what is typed of it."""
        begun = self.cursor.begun
        if begun.strip():
            return self._words_begun(begun)
        guesses = self._after(self._context)
        if not begun:
            return guesses
        gaps = self._vocabulary.gaps
        return [g for g in guesses if g.piece != LINE_END and gaps[g.piece & 255].startswith(begun)]

    def following(self, path: Sequence[Guess]) -> list[Guess]:
        """The guesses for the piece after those of a path."""
        return self._after(self._context_after(path))

    def line_starts(self, path: Sequence[Guess]) -> list[Guess]:
        """The guesses for how the line after a path's begins, by its indentation."""
        return blend([seen for seen in self._evidence(self._context_after(path)) if seen[0] < FIRST_PIECE])

    def _context_after(self, path: Sequence[Guess]) -> str:
        words = "".join([chr(guess.piece >> 8) for guess in path[-MAX_ORDER:] if guess.piece != LINE_END])
        return (self._context + words)[-MAX_ORDER:]

    def _after(self, context: str) -> list[Guess]:
        evidence = self._evidence(context)
        return blend([(p if p >= FIRST_PIECE else LINE_END, order, weight) for p, order, weight in evidence])

    def _evidence(self, context: str) -> list[Evidence]:
        evidence: list[Evidence] = []
        for passage in self._passages:
            evidence += passage.after(context)
        if self._workspace:
            evidence += self._workspace.after(self._workspace.context(context), self._scope)
        return evidence

    def _words_begun(self, begun: str) -> list[Guess]:
        beginning = begun.lstrip()
        gap = self._vocabulary.gap_number(begun[: len(begun) - len(beginning)])
        context = self._context
        backwards = self._workspace.context(context) if self._workspace else b""
        evidence: list[Evidence] = []
        words = self._candidates(beginning)
        for word in words:
            number = self._vocabulary.number(word)
            piece = number << 8 | gap
            for passage in self._passages:
                evidence += passage.of_word(number, piece, context)
            if self._workspace:
                evidence += self._workspace.of_word(number, piece, backwards, self._scope)
        return blend(evidence, uniform=1.0 / (len(words) + 1))

    def _candidates(self, beginning: str) -> list[str]:
        """The words that what is typed may become: seen nearby first, then frequent in the workspace."""
        if not tokens.is_word(beginning, self.buffer.family):
            return [beginning, *tokens.operators_that_begin(beginning)]
        lines = self.buffer.lines
        above = lines[max(0, self.line - LINES_FOR_WORDS) : self.line]
        below = lines[self.line + 1 : self.line + LINES_FOR_WORDS]
        left = self._cursor_line_words()
        text = "\n".join([*above, left, *below])
        seen = Counter(tokens.words_that_begin(beginning, text, self.buffer.family))
        words = [word for word, _ in seen.most_common(MAX_WORDS)]
        if self._workspace:
            words += [word for word in self._workspace.frequent_words(beginning) if word not in seen]
        return words if beginning in words else [*words, beginning]

    def _cursor_line_words(self) -> str:
        return " ".join([self._vocabulary.words[ord(number)] for number in self.cursor.before[1:]])


def passage_text(buffer: Buffer, line: int, cursor: Cursor) -> tuple[str, bytes, int]:
    """A buffer's tokens with the cursor's mark in place of the rest of its line, and where that mark is."""
    before = "".join(buffer.words[:line]) + cursor.before
    words = before + chr(CURSOR) + "".join(buffer.words[line + 1 :]) + chr(FILE_BREAK)
    gaps = b"".join([*buffer.gaps[:line], cursor.gaps, b"\0", *buffer.gaps[line + 1 :], b"\0"])
    return words, gaps, len(before)
