"""The problems in open documents, as far as the editor has mentioned them.

A language server does not receive what other servers publish. It sees the diagnostics that the editor sends
along when it asks for code actions, and what the user pastes; those of a changed text are out of date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from foretype.documents.document import Document

REMEMBERED = 200
LONGEST = 500


@dataclass(frozen=True)
class Diagnostic:
    """One problem: the line counts from one."""

    line: int
    message: str
    severity: str = ""
    source: str = ""


class Diagnostics:
    """What was heard last of each document."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[int | None, dict[int, tuple[Diagnostic, ...]]]] = {}

    def heard(self, document: Document, found: Sequence[Diagnostic]) -> None:
        """The editor sends those of some lines at a time: they replace what was known of these lines."""
        version, known = self._heard.pop(document.key, (document.version, {}))
        if version != document.version:
            known = {}
        for line in {each.line for each in found}:
            known[line] = tuple(each for each in found if each.line == line)
        self._heard[document.key] = (document.version, known)
        while len(self._heard) > REMEMBERED:
            del self._heard[next(iter(self._heard))]

    def told(self, names: Mapping[str, str], first: str | None = None) -> str:
        """The problems of these documents in words, those of one of them first."""
        lines = []
        for key in sorted(self._heard, key=lambda key: key != first):
            if key in names:
                _, known = self._heard[key]
                lines += [row(names[key], each) for line in sorted(known) for each in known[line]]
        return "\n".join(lines)


def row(name: str, diagnostic: Diagnostic) -> str:
    message = " ".join(diagnostic.message.split())[:LONGEST]
    source = f" ({diagnostic.source})" if diagnostic.source else ""
    severity = f"{diagnostic.severity}: " if diagnostic.severity else ""
    return f"{name}:{diagnostic.line}: {severity}{message}{source}"
