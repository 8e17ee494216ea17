"""The last edits, for whoever wants one again or in another way; a session's end forgets them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.errors import EditRefusedError
from foretype.flows.editing.difference import lines_of
from foretype.flows.editing.region import Region
from foretype.prompt.asked import Message

MOST = 32
LONGEST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Recent:
    """An edit that was made: what was said, and the text that it left where the region was."""

    key: str
    instruction: str
    messages: tuple[Message, ...]
    answer: str
    line: int
    was: str
    text: str


class RecentEdits:
    """The newest edits by their ids."""

    def __init__(self) -> None:
        self._edits: OrderedDict[str, Recent] = OrderedDict()
        self._not_taken: set[str] = set()
        self._last_id = 0

    def next_id(self) -> str:
        self._last_id += 1
        return f"edit-{self._last_id}"

    def keep(self, id: str, edit: Recent) -> None:
        if sum(map(len, (edit.was, edit.text, edit.answer))) <= LONGEST_CHARACTERS:
            self._edits[id] = edit
        while len(self._edits) > MOST:
            id, _ = self._edits.popitem(last=False)
            self._not_taken.discard(id)

    def was_not_taken(self, id: str) -> bool:
        """Note that the editor did not make an edit; False for one that is not kept."""
        if id in self._edits:
            self._not_taken.add(id)
        return id in self._edits

    def not_taken(self) -> Iterator[Recent]:
        """What no editor has made so far, the newest first."""
        return (edit for id, edit in reversed(self._edits.items()) if id in self._not_taken)

    def last_at(self, document: Document, line: int) -> str:
        """The newest edit whose text stands at a line; empty where there is none."""
        for id, edit in reversed(self._edits.items()):
            if edit.key == document.key and 0 <= line - edit.line <= edit.text.count("\n"):
                return id
        return ""

    def get(self, id: str) -> Recent:
        edit = self._edits.get(id)
        if edit is None:
            raise EditRefusedError("That edit is not remembered any more; select the lines and ask anew.")
        return edit


def region_of(edit: Recent, document: Document) -> Region:
    """Where an edit's text stands now: where it was left, or the only other place that has it.

    A text that was only proposed, or taken back, is looked for as it was before.
    """
    now = lines_of(str(document.text))
    for wanted in (edit.text.split("\n"), edit.was.split("\n")):
        places = [edit.line] if now[edit.line : edit.line + len(wanted)] == wanted else found_in(now, wanted)
        if len(places) == 1:
            last = places[0] + len(wanted) - 1
            return Region(Place(places[0], 0), Place(last, len(document.text.line(last))))
    raise EditRefusedError("The text of that edit has changed since; select the lines and ask anew.")


def found_in(now: list[str], wanted: list[str]) -> list[int]:
    first = wanted[0]
    return [at for at, line in enumerate(now) if line == first and now[at : at + len(wanted)] == wanted]
