"""The predictor: open files and the workspace in, the rest of a line out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from time import thread_time
from typing import TYPE_CHECKING

from foretype.predictor import tokens
from foretype.predictor.confidence import Confidence
from foretype.predictor.fitting import fit
from foretype.predictor.passage import AROUND_CURSOR, Passage
from foretype.predictor.query import Query, cursor_at, passage_text
from foretype.predictor.recency import RecentFiles
from foretype.predictor.search import Effort, continuations
from foretype.predictor.second_line import second_line
from foretype.predictor.traits import Place, traits
from foretype.predictor.vocabulary import Vocabulary
from foretype.predictor.workspace import Scope, Workspace

if TYPE_CHECKING:
    from foretype.predictor.search import Continuation
    from foretype.predictor.segment import Segment


@dataclass(frozen=True)
class Prediction:
    """Text to put in place of the line from the cursor to `replace_to`, and how likely all of it is right."""

    text: str
    probability: float
    replace_to: int


@dataclass(frozen=True)
class Candidate:
    """A prediction with what it was judged by."""

    prediction: Prediction
    traits: tuple[float, ...]
    continuation: Continuation


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
        """The likeliest rest of a line, if there is any; the caller decides what is likely enough to show.

        A second line comes with it where both together are likely enough.
        """
        started = thread_time()
        query = self._query(key, line, column)
        candidates = self._candidates(query, column, started) if query else []
        best = max(candidates, key=lambda candidate: candidate.prediction.probability, default=None)
        if query is None or best is None:
            return None
        return self._with_second_line(query, best, column, started)

    def candidates(self, key: str, line: int, column: int) -> list[Candidate]:
        """The few likeliest rests of a line."""
        query = self._query(key, line, column)
        return self._candidates(query, column, thread_time()) if query else []

    def _query(self, key: str, line: int, column: int) -> Query | None:
        buffer = self._recent.buffer(key)
        if buffer is None or not 0 <= line < len(buffer.lines):
            return None
        if not 0 <= column <= len(buffer.lines[line]) <= tokens.MAX_LINE_CHARS:
            return None
        cursor = cursor_at(buffer, line, column)
        here = Passage(*passage_text(buffer, line, cursor), AROUND_CURSOR)
        others, paths = self._recent.others(buffer)
        scope = self._workspace.scope(buffer.path, paths) if self._workspace else Scope()
        passages = [here, others] if paths else [here]
        return Query(buffer, line, cursor, passages, self._workspace, scope, self._vocabulary)

    def _candidates(self, query: Query, column: int, started: float) -> list[Candidate]:
        buffer, line, begun = query.buffer, query.line, query.cursor.begun
        text = buffer.lines[line]
        found = continuations(query.first(), query.following, self._effort, started)
        place = Place(text[:column], begun, buffer.near(line, -1), buffer.near(line, 1))
        candidates = []
        for rank, continuation in enumerate(found):
            rest = "".join(map(self._vocabulary.text_of, continuation.pieces))[len(begun) :]
            fitted = fit(rest, text[column:])
            if fitted:
                judged = tuple(traits(place, rest, rank, found))
                prediction = Prediction(fitted[0], self._confidence.of(judged), column + fitted[1])
                candidates.append(Candidate(prediction, judged, continuation))
        return candidates

    def _with_second_line(self, query: Query, best: Candidate, column: int, started: float) -> Prediction:
        prediction = best.prediction
        line = query.buffer.lines[query.line]
        if prediction.probability < self.threshold or line[column:].strip():
            return prediction
        completed = line[:column] + prediction.text
        judge = (self._vocabulary, self._confidence, self._effort)
        second = second_line(query, best.continuation, completed, *judge, started)
        if second is None or prediction.probability * second.probability < self.threshold:
            return prediction
        return Prediction(
            text=f"{prediction.text}\n{second.text}",
            probability=prediction.probability * second.probability,
            replace_to=prediction.replace_to,
        )
