"""Closing brackets: a suggestion may close what the document left open, and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.stream.brackets import CLOSER_OF, WINDOW_CHARACTERS, Place, scan
from foretype.stream.filters import Deltas, filtered
from foretype.stream.syntax import is_prose

if TYPE_CHECKING:
    from foretype.stream.cursor import Cursor

CLOSERS = frozenset(")]}")
DEEPEST = 100


@dataclass(frozen=True)
class Need:
    """The open brackets left of the cursor, as the closers they want, innermost first."""

    wanted: tuple[str, ...]
    closed_on_line: frozenset[int]
    closed_below: frozenset[int]

    @property
    def closable(self) -> tuple[str, ...]:
        """The closers that a suggestion may write: up to the first that a line below has."""
        return self.wanted[: min(self.closed_below, default=len(self.wanted))]

    @property
    def missing(self) -> Counter[str]:
        """The closers that the document has nowhere."""
        closed = self.closed_on_line | self.closed_below
        return Counter(closer for i, closer in enumerate(self.wanted) if i not in closed)


def need_of(cursor: Cursor) -> Need:
    """Pairs the brackets left of the cursor with those that close them, on the line and below it."""
    left = "\n".join((*cursor.above, cursor.before))[-WINDOW_CHARACTERS:]
    right = "\n".join(cursor.below)[:WINDOW_CHARACTERS]
    opened = list(reversed(cursor.left.opened[-DEEPEST:]))
    on_line: set[int] = set()
    below: set[int] = set()
    position = 0
    for _, closer in cursor.read(cursor.after).unopened[:DEEPEST]:
        partner = next((i for i in range(position, len(opened)) if CLOSER_OF[opened[i][1]] == closer), None)
        if partner is not None:
            on_line.add(partner)
            position = partner + 1
    for place in scan(right, cursor.language).unopened[:DEEPEST]:
        offset = partner_of(place, right, opened[position:], left)
        if offset is not None:
            below.add(position + offset)
            position += offset + 1
    return Need(tuple(CLOSER_OF[bracket] for _, bracket in opened), frozenset(on_line), frozenset(below))


def partner_of(closer: Place, right: str, opened: list[Place], left: str) -> int | None:
    """Which open bracket a closer belongs to: one on a line as deep as its own, else the nearest."""
    same = [i for i, (_, bracket) in enumerate(opened) if CLOSER_OF[bracket] == closer[1]]
    level = margin(right, closer[0])
    own_line = right[: closer[0]].rpartition("\n")[2].strip(" \t)]}") == ""
    aligned = [i for i in same if margin(left, opened[i][0]) == level] if own_line else []
    return next(iter(aligned or same), None)


def margin(text: str, index: int) -> str:
    """The white space that the line around an index begins with."""
    line = text[text.rfind("\n", 0, index) + 1 : index + 1]
    return line[: len(line) - len(line.lstrip())]


def surplus_closer(text: str, cursor: Cursor, allowed: tuple[str, ...]) -> int | None:
    """The index of the first bracket in a text that closes what is not open, or is closed already."""
    brackets = [place for place in cursor.read(text).unopened if place[1] in CLOSERS]
    for number, (index, closer) in enumerate(brackets):
        if number >= len(allowed) or allowed[number] != closer:
            return index
    return None


class BalanceFilter:
    """Ends the text before the first closing bracket that is one too many."""

    def __init__(self, cursor: Cursor) -> None:
        self.cursor = cursor
        self.allowed = need_of(cursor).closable
        self.done = False
        self.text = ""

    def feed(self, piece: str) -> str:
        start = len(self.text)
        self.text += piece
        if CLOSERS.isdisjoint(piece):
            return piece
        surplus = surplus_closer(self.text, self.cursor, self.allowed)
        self.done = surplus is not None
        return self.text[start:surplus]

    def finish(self) -> str:
        return ""


def has_balance(cursor: Cursor) -> bool:
    """Whether brackets come in pairs here: not in prose, nor in a comment or a string of many lines."""
    return not is_prose(cursor.language) and not cursor.left.in_comment and len(cursor.left.string) < 2


def stop_at_surplus_closer(source: Deltas, cursor: Cursor) -> Deltas:
    return filtered(source, BalanceFilter(cursor)) if has_balance(cursor) else source
