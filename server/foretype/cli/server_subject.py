"""Any model as a subject to measure: asked through a server of our own, as an editor asks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from foretype.cli.session import Session
from foretype.evaluation.subject import Answer

# A model's answer carries no probability, so every answer counts as shown.
SURE = 1.0


class ServerSubject:
    """The first suggestion of the server for one open file."""

    threshold = SURE

    def __init__(self, talk: Session) -> None:
        self._talk = talk
        self._uri = ""
        self._version = 0
        self._lines: list[str] = []

    def open(self, path: str, family: str, lines: Sequence[str]) -> None:
        """Open a file in place of the one before."""
        if self._uri:
            self._talk.close(self._uri)
        self._lines, self._version = list(lines), 1
        self._uri = self._talk.open(Path(path), family, "\n".join(lines))

    def edit(self, first_line: int, removed: int, inserted: Sequence[str]) -> None:
        """Change the open file."""
        self._lines[first_line : first_line + removed] = inserted
        self._version += 1
        self._talk.change(self._uri, self._version, "\n".join(self._lines))

    def answer(self, line: int, column: int) -> Answer | None:
        """How the line goes on after the cursor."""
        found = self._talk.complete(self._uri, line, column, by_hand=False)
        return Answer(found[0], SURE) if found else None
