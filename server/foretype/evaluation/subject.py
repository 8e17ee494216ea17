"""What is measured: anything that answers how a line goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from foretype.predictor.predictor import Predictor

KEY = "measured"


class Answer(NamedTuple):
    """The rest of a line, and how sure the model is of it."""

    text: str
    probability: float


class Subject(Protocol):
    """A completion model with one file open."""

    threshold: float

    def open(self, path: str, family: str, lines: Sequence[str]) -> None:
        """Open a file in place of the one before."""

    def edit(self, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        """Change the open file."""

    def answer(self, line: int, column: int) -> Answer | None:
        """How the line goes on after the cursor."""


class PredictorSubject:
    """The embedded predictor as a subject."""

    def __init__(self, predictor: Predictor) -> None:
        self._predictor = predictor
        self.threshold = predictor.threshold

    def open(self, path: str, family: str, lines: Sequence[str]) -> None:
        """Open a file in place of the one before."""
        self._predictor.opened(KEY, path, family, lines)

    def edit(self, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        """Change the open file."""
        self._predictor.edited(KEY, first_line, removed, inserted)

    def answer(self, line: int, column: int) -> Answer | None:
        """How the line goes on after the cursor."""
        prediction = self._predictor.predict(KEY, line, column)
        return Answer(prediction.text, prediction.probability) if prediction else None
