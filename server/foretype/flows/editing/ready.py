"""What was written for an editor that did not take it: kept, and made by an action that has the change in it.

Kate takes changes for two seconds from the command on, which is less than a model may need.
"""

from __future__ import annotations

from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.errors import EditRefusedError
from foretype.flows.editing.difference import Hunk, hunks_for
from foretype.flows.editing.recent import Recent, RecentEdits, region_of

WHERE = "It is written: open the actions on these lines once more to take it."


@dataclass(frozen=True)
class Ready:
    """A change of a document as it is now, and the words that asked for it."""

    instruction: str
    hunks: tuple[Hunk, ...]


def ready_at(recent: RecentEdits, document: Document, line: int) -> Ready | None:
    """The newest change that the editor did not take, if it is about this line."""
    found = (as_ready(edit, document, line) for edit in recent.not_taken() if edit.key == document.key)
    return next((ready for ready in found if ready), None)


def as_ready(edit: Recent, document: Document, line: int) -> Ready | None:
    try:
        region = region_of(edit, document)
    except EditRefusedError:
        return None
    hunks = hunks_for(document, region, edit.text) if edit.text.strip() else ()
    is_here = region.start.line <= line <= region.end.line
    return Ready(edit.instruction, hunks) if hunks and is_here else None
