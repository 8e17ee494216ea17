"""Closing brackets: a suggestion may close what the document left open, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.stream.brackets import CLOSER_OF, WINDOW_CHARACTERS, Place, scan
from foretype.stream.filters import Filter
from foretype.stream.syntax import is_prose

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

CLOSERS = frozenset(")]}")
DEEPEST = 100


@dataclass(frozen=True)
class Need:
    """The open brackets left of the cursor, as the closers they want, innermost first."""

    wanted: tuple[str, ...]
    closed_below: frozenset[int]

    def takes(self, closer: str, place: int) -> bool:
        """Whether the next bracket to close wants this closer."""
        return place < len(self.wanted) and self.wanted[place] == closer

    def is_free(self, place: int) -> bool:
        """Whether neither this bracket nor one inside it is closed by a line below."""
        return place < min(self.closed_below, default=len(self.wanted))


def need_of(cursor: Cursor) -> Need:
    """Pairs the brackets left of the cursor with those that close them, on the line and below it."""
    left = "\n".join((*cursor.above, cursor.before))[-WINDOW_CHARACTERS:]
    right = "\n".join(cursor.below)[:WINDOW_CHARACTERS]
    opened = list(reversed(cursor.left.opened[-DEEPEST:]))
    below: set[int] = set()
    position = 0
    for _, closer in cursor.read(cursor.after).unopened[:DEEPEST]:
        partner = next((i for i in range(position, len(opened)) if CLOSER_OF[opened[i][1]] == closer), None)
        if partner is not None:
            position = partner + 1
    for place in scan(right, cursor.language).unopened[:DEEPEST]:
        offset = partner_of(place, right, opened[position:], left)
        if offset is not None:
            below.add(position + offset)
            position += offset + 1
    return Need(tuple(CLOSER_OF[bracket] for _, bracket in opened), frozenset(below))


def partner_of(closer: Place, right: str, opened: list[Place], left: str) -> int | None:
    """Which open bracket a closer below belongs to: one on a line as deep as its own, else the nearest.

    A closer behind other code may belong to a bracket that the suggestion is about to open.
    """
    if right[: closer[0]].rpartition("\n")[2].strip(" \t)]}"):
        return None
    same = [i for i, (_, bracket) in enumerate(opened) if CLOSER_OF[bracket] == closer[1]]
    level = margin(right, closer[0])
    aligned = [i for i in same if margin(left, opened[i][0]) == level]
    return next(iter(aligned or same), None)


def margin(text: str, index: int) -> str:
    """The white space that the line around an index begins with."""
    line = text[text.rfind("\n", 0, index) + 1 : index + 1]
    return line[: len(line) - len(line.lstrip())]


@dataclass(frozen=True)
class Surplus:
    """A bracket that is one too many; not yet for certain while its line may give back what it takes."""

    index: int
    certain: bool


def first_surplus(text: str, cursor: Cursor, need: Need, complete: bool = False) -> Surplus | None:
    """The first bracket of a text that closes what is not open, or what a line below closes."""
    place = 0
    for index, closer in cursor.read(text).unopened:
        if closer not in CLOSERS:
            continue
        wanted = need.takes(closer, place)
        if wanted and need.is_free(place):
            place += 1
            continue
        ended = complete or "\n" in text[index:]
        if not (wanted and ended and is_opened_again(text, index, cursor)):
            return Surplus(index, certain=ended or not wanted)
    return None


def is_opened_again(text: str, index: int, cursor: Cursor) -> bool:
    """Whether the line of a closer goes on to open such a bracket, as `} else {` does."""
    end = text.find("\n", index)
    opened = cursor.read(text if end < 0 else text[:end]).opened
    return any(place > index and CLOSER_OF[bracket] == text[index] for place, bracket in opened)


class BalanceFilter:
    """Ends the text before the first closing bracket that is one too many."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.need = need_of(cursor)
        self.done = False
        self.text = ""
        self.sent = 0
        self.held = False

    def feed(self, piece: str) -> str:
        self.text += piece
        if self.held or not CLOSERS.isdisjoint(piece):
            return self.send_until(first_surplus(self.text, self.cursor, self.need))
        return self.send_until(None)

    def finish(self) -> str:
        return self.send_until(first_surplus(self.text, self.cursor, self.need, complete=True))

    def send_until(self, surplus: Surplus | None) -> str:
        end = len(self.text) if surplus is None else surplus.index
        self.held = surplus is not None
        self.done = surplus is not None and surplus.certain
        wanted, self.sent = self.text[self.sent : end], end
        return wanted


def has_balance(cursor: Cursor) -> bool:
    """Whether brackets come in pairs here: not in prose, nor in a comment or a string of many lines."""
    return not is_prose(cursor.language) and not cursor.left.in_comment and len(cursor.left.string) < 2


def stop_at_surplus_closer(cursor: Cursor) -> Filter | None:
    return BalanceFilter(cursor) if has_balance(cursor) else None
