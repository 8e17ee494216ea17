"""What is shown: a text, and how much of the line right of the cursor it stands for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.stream.balance import CLOSERS, need_of

if TYPE_CHECKING:
    from foretype.stream.brackets import Place
    from foretype.stream.cursor import Cursor


@dataclass(frozen=True)
class Suggestion:
    """A text for the cursor, in place of the first `replace_after` code points right of it."""

    text: str
    replace_after: int = 0


def suggestion_of(text: str, cursor: Cursor) -> Suggestion:
    shared = shared_closers(text, cursor)
    if not shared:
        return Suggestion(text)
    ours, theirs = shared[-1]
    covered = theirs[0] + 1
    rest = cursor.after[covered:].rstrip()
    if rest.strip() and text[ours[0] + 1 :].partition("\n")[0].lstrip().startswith(rest.strip()):
        covered += len(rest)
    return Suggestion(text, covered)


def shared_closers(text: str, cursor: Cursor) -> list[tuple[Place, Place]]:
    """Closers of the text beside the same ones right of the cursor, which it writes once more."""
    ours, theirs = cursor.read(text).unopened, cursor.read(cursor.after).unopened
    if not ours or not theirs:
        return []
    if fits_as_it_is(text, cursor):
        return []
    shared = []
    for mine, yours in zip(ours, theirs, strict=False):
        if mine[1] != yours[1]:
            break
        shared.append((mine, yours))
    return shared


def fits_as_it_is(text: str, cursor: Cursor) -> bool:
    """Whether the line's strings end and every bracket of text and rest closes one that is left open."""
    reading, need = cursor.read(text + cursor.after), need_of(cursor)
    closers = [closer for _, closer in reading.unopened if closer in CLOSERS]
    closable = [closer for i, closer in enumerate(need.wanted) if i not in need.closed_below]
    return not reading.string and closers == closable[: len(closers)]


def writes_all(text: str, piece: str) -> bool:
    """Whether a text holds every visible character of a piece, in order."""
    characters = iter(text)
    return all(character in characters for character in piece if not character.isspace())
