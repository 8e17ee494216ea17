"""What an edit is asked with, and what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.flows.editing.difference import Hunk
from foretype.flows.editing.region import Region


@dataclass(frozen=True)
class Wish:
    """A part of one document, and what is to become of it; `follows` names an edit to do in another way."""

    document: Document
    region: Region
    instruction: str
    diagnostics: tuple[str, ...] = ()
    is_preview: bool = False
    follows: str = ""
    drops_first_line: bool = False
    """Whether the region begins with the comment that the wish was written in, which is to go."""


@dataclass(frozen=True)
class Outcome:
    """What was changed or would be; where nothing is, `problem` says why."""

    is_applied: bool = False
    id: str = ""
    model: str = ""
    document: Document | None = None
    hunks: tuple[Hunk, ...] = ()
    problem: str = ""
    is_told: bool = False
    """Whether the user has been told of the problem already."""


Listener = Callable[[Region, str], None]
"""Hears the new text of the whole region, as far as it is written."""
