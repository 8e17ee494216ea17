"""The predictor: open files and the workspace in, the rest of a line out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.predictor import tokens
from foretype.predictor.confidence import Confidence
from foretype.predictor.fitting import fit
from foretype.predictor.passage import AROUND_CURSOR, Passage
from foretype.predictor.query import Query, cursor_at, passage_text
from foretype.predictor.recency import RecentFiles
from foretype.predictor.search import Effort, continuations
from foretype.predictor.traits import Place, traits
from foretype.predictor.vocabulary import Vocabulary
from foretype.predictor.workspace import Workspace

if TYPE_CHECKING:
    from foretype.predictor.buffer import Buffer
    from foretype.predictor.segment import Segment


@dataclass(frozen=True)
class Prediction:
    """Text to put in place of the line from the cursor to `replace_to`, and how likely all of it is right."""

    text: str
    probability: float
    replace_to: int


@dataclass(frozen=True)
class Candidate:
    """A prediction with the traits by which it was judged."""

    prediction: Prediction
    traits: tuple[float, ...]


class Predictor:
    """Learns from the open files and the workspace, whose state it owns."""

    def __init__(self, effort: Effort | None = None, confidence: Confidence | None = None) -> None:
        self._effort = effort or Effort()
        self._confidence = confidence or Confidence.fitted()
        self._vocabulary = Vocabulary()
        self._recent = RecentFiles(self._vocabulary)
        self._workspace: Workspace | None = None

    @property
    def threshold(self) -> float:
        """The probability from which a prediction is worth showing."""
        return self._confidence.threshold

    def learned(self, segment: Segment | None) -> None:
        """Use what was learned of the workspace in place of what was known of it; None forgets all of it."""
        self._workspace = Workspace(segment, self._vocabulary) if segment else None
        self._recent.forget_saved()

    def opened(self, key: str, path: str, family: str, lines: Sequence[str]) -> None:
        """Take up a file that was opened."""
        self._recent.opened(key, path, family, lines)

    def edited(self, key: str, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        """Follow an edit of an open file: so many lines were removed there, these stand in their place."""
        self._recent.edited(key, first_line, removed, inserted)

    def closed(self, key: str) -> None:
        """Let go of a file."""
        self._recent.closed(key)

    def saved(self, path: str, text: str) -> None:
        """Learn the text of a file that changed on disk."""
        self._recent.saved(path, text)

    def predict(self, key: str, line: int, column: int) -> Prediction | None:
        """The likeliest rest of a line, if there is any; the caller decides what is likely enough to show."""
        candidates = self.candidates(key, line, column)
        return max((c.prediction for c in candidates), key=lambda p: p.probability, default=None)

    def candidates(self, key: str, line: int, column: int) -> list[Candidate]:
        """The few likeliest rests of a line."""
        buffer = self._recent.buffer(key)
        if buffer is None or not 0 <= line < len(buffer.lines):
            return []
        text = buffer.lines[line]
        if not 0 <= column <= len(text) <= tokens.MAX_LINE_CHARS:
            return []
        return self._complete(buffer, line, column)

    def _complete(self, buffer: Buffer, line: int, column: int) -> list[Candidate]:
        cursor = cursor_at(buffer, line, column)
        text = buffer.lines[line]
        here = Passage(*passage_text(buffer, line, cursor), AROUND_CURSOR)
        others, paths = self._recent.others(buffer)
        left_out = self._workspace.left_out([buffer.path, *paths]) if self._workspace else []
        passages = [here, others] if paths else [here]
        query = Query(buffer, line, cursor, passages, self._workspace, left_out, self._vocabulary)
        found = continuations(query.first(), query.following, self._effort)
        place = Place(text[:column], cursor.begun, buffer.near(line, -1), buffer.near(line, 1))
        candidates = []
        for rank, continuation in enumerate(found):
            rest = "".join(map(self._vocabulary.text_of, continuation.pieces))[len(cursor.begun) :]
            fitted = fit(rest, text[column:])
            if fitted:
                judged = tuple(traits(place, rest, rank, found))
                probability = self._confidence.of(judged)
                candidates.append(Candidate(Prediction(fitted[0], probability, column + fitted[1]), judged))
        return candidates
