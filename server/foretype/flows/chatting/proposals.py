"""The edits that models proposed in chat documents: what may be made of them, once the user asks for it."""

from __future__ import annotations

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.errors import EditRefusedError
from foretype.flows.chatting.tools import Proposal
from foretype.flows.chatting.writing import proposed
from foretype.flows.editing.difference import Hunk
from foretype.flows.editing.region import Region

REMEMBERED = 200


class Proposals:
    """Known as long as the server runs; a document cannot make one up."""

    def __init__(self) -> None:
        self._shown: dict[str, tuple[Proposal, list[str]]] = {}

    def remember(self, proposal: Proposal) -> None:
        self._shown[proposal.id] = (proposal, proposed(proposal).strip("\n").split("\n"))
        while len(self._shown) > REMEMBERED:
            del self._shown[next(iter(self._shown))]

    def get(self, id: str) -> Proposal | None:
        shown = self._shown.get(id)
        return shown[0] if shown else None

    def at(self, document: Document, line: int) -> Proposal | None:
        """The one that is shown at a line of a chat document, as it was proposed and not otherwise."""
        text, line = document.text, min(line, document.text.line_count - 1)
        for proposal, shown in self._shown.values():
            for first in range(max(0, line - len(shown) + 1), line + 1):
                if text.line(first) == shown[0] and lines_of(document, first, len(shown)) == shown:
                    return proposal
        return None


def lines_of(document: Document, first: int, count: int) -> list[str]:
    return [document.text.line(at) for at in range(first, min(first + count, document.text.line_count))]


def place_of(proposal: Proposal, document: Document | None) -> Region:
    """Where the text to be replaced stands now: typing elsewhere moves it, anything else is a refusal."""
    name = proposal.uri.rpartition("/")[2]
    if document is None:
        raise EditRefusedError(f"{name} is not open any more: open it, and ask for the edit again.")
    text = str(document.text)
    if document.in_doubt or text.count(proposal.old) != 1:
        raise EditRefusedError(f"{name} has changed since the edit was proposed: ask for it again.")
    start = text.index(proposal.old)
    end = start + len(proposal.old)
    return Region(document.text.place(start), document.text.place(end), is_whole_lines=False)


def hunk_of(proposal: Proposal, region: Region) -> Hunk:
    return Hunk(region.start, region.end, proposal.text)


def end_of(proposal: Proposal, start: Place) -> Place:
    """Where the new text ends that begins at a place."""
    lines = proposal.text.split("\n")
    return Place(start.line + len(lines) - 1, len(lines[-1]) + (start.column if len(lines) == 1 else 0))
