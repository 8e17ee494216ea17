"""Changes that overtook each other on their way: an older Helix sends each of them by a task of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from foretype.documents.change import Change, apply_changes
from foretype.documents.document import Document
from foretype.documents.text import Splice

# How many changes back one that comes late is looked for.
REMEMBERED = 16


@dataclass(frozen=True)
class Step:
    """A change, and the document that it was made to."""

    before: Document
    version: int | None
    changes: tuple[Change, ...]

    def done(self) -> tuple[Document, tuple[Splice, ...] | None]:
        after, splices = apply_changes(self.before, self.changes)
        return replace(after, version=self.version), splices


Steps = tuple[Step, ...]


def with_late(
    steps: Steps, version: int | None, changes: tuple[Change, ...]
) -> tuple[Document, Steps] | None:
    """The document as if this change had come in its turn, or None where none of these steps left it out."""
    at = next((index for index, step in enumerate(steps) if left_out(step, version)), None)
    if at is None:
        return None
    document, redone = steps[at].before, steps[:at]
    for later in (Step(document, version, changes), *steps[at:]):
        step = replace(later, before=document)
        document, _ = step.done()
        redone = (*redone, step)
    return document, redone[-REMEMBERED:]


def says_the_same(document: Document, changes: tuple[Change, ...]) -> bool:
    """Whether these are a whole text, and the one that is known."""
    after, splices = apply_changes(document, changes)
    return splices is None and str(after.text) == str(document.text)


def left_out(step: Step, version: int | None) -> bool:
    before, after = step.before.version, step.version
    return version is not None and before is not None and after is not None and before < version < after
