"""The predictor: open files and workspace in, the rest of a line out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp
from typing import TYPE_CHECKING

from foretype.predictor.buffer import Buffer
from foretype.predictor.passage import AROUND_CURSOR, Passage
from foretype.predictor.query import Query, cursor_at, passage_text
from foretype.predictor.search import Continuation, Effort, continuations
from foretype.predictor.vocabulary import Vocabulary
from foretype.predictor.workspace import Workspace

if TYPE_CHECKING:
    from foretype.predictor.segment import Segment


@dataclass(frozen=True)
class Prediction:
    """Text to put in place of the line from the cursor to `replace_to`, and how likely all of it is right."""

    text: str
    probability: float
    replace_to: int
    found: Continuation


class Predictor:
    """Learns from what is open and from the workspace; the one owner of both."""

    def __init__(self, effort: Effort | None = None) -> None:
        self._vocabulary = Vocabulary()
        self._buffers: dict[str, Buffer] = {}
        self._workspace: Workspace | None = None
        self._effort = effort or Effort()

    def learned(self, segment: Segment | None) -> None:
        """Use this segment for the workspace."""
        self._workspace = Workspace(segment, self._vocabulary) if segment else None

    def opened(self, key: str, path: str, family: str, lines: Sequence[str]) -> None:
        """Take up a file that was opened."""
        self._buffers[key] = Buffer(path, family, lines, self._vocabulary)

    def edited(self, key: str, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        """Follow an edit of an open file."""
        self._buffers[key].splice(first_line, removed, inserted)

    def closed(self, key: str) -> None:
        """Let go of a file."""
        self._buffers.pop(key, None)

    def candidates(self, key: str, line: int, column: int) -> list[Prediction]:
        buffer = self._buffers[key]
        cursor = cursor_at(buffer, line, column)
        words, gaps, home = passage_text(buffer, line, cursor)
        passages = [Passage(words, gaps, home, AROUND_CURSOR)]
        left_out = self._workspace.spans([buffer.path]) if self._workspace else ()
        query = Query(buffer, line, cursor, passages, self._workspace, left_out, self._vocabulary)
        found = continuations(query.first(), query.following, self._effort)
        out = []
        for c in found:
            text = "".join([self._vocabulary.text_of(p) for p in c.pieces])[len(cursor.begun) :]
            if text:
                out.append(Prediction(text, exp(-c.cost), column, c))
        return out
