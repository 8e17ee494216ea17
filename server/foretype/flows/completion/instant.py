"""The predictor in step with the open documents: an answer before any model is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePath

from foretype.documents.document import Document
from foretype.documents.store import Event, Kind
from foretype.documents.uri import file_path
from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion
from foretype.predictor.predictor import Predictor
from foretype.predictor.tokens import family_of

WORTH_A_GUESS = 0.05
FEWEST_CHARACTERS = 2


class Instant:
    """Follows every edit, and says how a line goes on where it is sure."""

    def __init__(self, predictor: Predictor, is_secret: Callable[[Document], bool]) -> None:
        self._predictor = predictor
        self._is_secret = is_secret

    def follow(self, event: Event) -> None:
        document = event.document
        if event.kind is Kind.CLOSED:
            self._predictor.closed(document.key)
        elif event.kind is Kind.EDITED:
            for splice in event.splices:
                inserted = [line.rstrip("\r\n") for line in splice.inserted]
                self._predictor.edited(document.key, splice.first_line, splice.removed_lines, inserted)
        elif not document.is_large and not self._is_secret(document):
            lines = [line.rstrip("\r\n") for line in document.text.lines(0, document.text.line_count)]
            path = path_of(document)
            self._predictor.opened(document.key, path, family_of(path), lines)

    def suggest(self, situation: Situation) -> Suggestion | None:
        """The rest of the line, if it is likely enough; whoever asks by hand gets a guess as well."""
        place = situation.place
        found = self._predictor.predict(situation.document.key, place.line, place.column)
        wanted = WORTH_A_GUESS if situation.is_invoked else self._predictor.threshold
        if found is None or found.probability < wanted or is_one_key(found.text):
            return None
        return Suggestion(found.text, found.replace_to - place.column)


def is_one_key(text: str) -> bool:
    """Whether taking a suggestion would cost as much as typing it."""
    return len(text.strip()) < FEWEST_CHARACTERS


def path_of(document: Document) -> str:
    """A path for a document; one that was never saved gets its language as its name."""
    path: PurePath | None = file_path(document.uri)
    return str(path) if path else f"untitled.{document.language_id}"
