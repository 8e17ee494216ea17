"""The menu of code actions at a place: nothing here asks a model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.flows.acting.actions import Action
from foretype.flows.acting.marker import marker_in, todo_in
from foretype.flows.editing.region import is_selected

WISH = "wish"
AGAIN, SHORTER = "again", "shorter"
STOP = "stop"
AGAIN_KIND = "refactor.rewrite.foretype.again"
SHORTER_KIND = "refactor.rewrite.foretype.shorter"
STOP_KIND = "source.foretype.stop"
WISH_KIND = "quickfix.foretype.wish"
LONGEST_WORDS = 60


@dataclass(frozen=True)
class Spot:
    """Where the menu is opened: a place or a selection, and what is reported there."""

    document: Document
    start: Place
    end: Place
    diagnostics: tuple[str, ...] = ()
    last_edit: str = ""
    """The edit that was made here last, which can be done again or in another way."""
    is_asked_for: bool = True
    """Whether the user opened the menu; an editor may ask by itself, to show that there is something."""
    unchanged: str = ""
    """Why there is no change since the last commit."""
    is_being_written: bool = False
    """Whether a model is at work on this document."""

    @property
    def has_selection(self) -> bool:
        return is_selected(self.document, self.start, self.end)


@dataclass(frozen=True)
class Entry:
    """One line of the menu; where it cannot be chosen, `disabled` says why."""

    name: str
    title: str
    kind: str
    disabled: str = ""
    is_preferred: bool = False


def menu(spot: Spot, actions: Sequence[Action], never: str) -> Iterator[Entry]:
    """Everything there is, in its order; `never` says why nothing can be chosen at all."""
    if spot.is_being_written:
        yield Entry(STOP, "Foretype: stop what is being written", STOP_KIND)
    if marker := marker_in(spot.document, spot.start, spot.end):
        yield Entry(WISH, f"Foretype: {shortened(marker.wish)}", WISH_KIND, never, is_preferred=True)
    if spot.last_edit and spot.is_asked_for:
        yield Entry(AGAIN, "Foretype: do the last edit once more, in another way", AGAIN_KIND, never)
        yield Entry(SHORTER, "Foretype: make the last edit shorter", SHORTER_KIND, never)
    for action in actions:
        missing = never or what_is_missing(action, spot)
        if spot.is_asked_for or (not missing and action.needs in ("diagnostic", "todo")):
            yield Entry(action.name, f"Foretype: {action.title}", action.kind, missing)


def what_is_missing(action: Action, spot: Spot) -> str:
    if action.needs == "selection" and not spot.has_selection:
        return "Select the lines first."
    if action.needs == "change" and not spot.has_selection:
        return spot.unchanged
    if action.needs == "diagnostic" and not spot.diagnostics:
        return "No problem is reported here."
    if action.needs == "todo" and not todo_in(spot.document, spot.start, spot.end):
        return "There is no TODO here."
    if not str(spot.document.text).strip():
        return "There is no code yet."
    return ""


def is_wanted(kind: str, only: Sequence[str] | None) -> bool:
    """Whether a kind is one of those that a client asks for, or below one."""
    return not only or any(kind == each or kind.startswith(f"{each}.") for each in only)


def shortened(words: str) -> str:
    return words if len(words) <= LONGEST_WORDS else f"{words[: LONGEST_WORDS - 1]}…"
