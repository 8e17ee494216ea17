"""An end of the text that stands right of the cursor already: `foo(█)` must not become `foo(x))`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from foretype.postprocess.suggestion import fits_as_it_is, shared_closers, writes_all

if TYPE_CHECKING:
    from foretype.stream.brackets import Scan
    from foretype.stream.cursor import Cursor

LONGEST_OVERLAP = 400
ANGLE = re.compile(r"<(?=[\w/&'!?*(\[])|(?<![-=\s])>")


def trim_suffix_overlap(text: str, cursor: Cursor) -> str | None:
    """Cuts the overlap off one line; of many lines, only what could not replace the line's rest."""
    if not cursor.after.strip():
        return text
    if "\n" not in text.strip():
        return without_overlap(text, cursor)
    return without_conflict(text, cursor)


def without_overlap(text: str, cursor: Cursor) -> str:
    after, line = cursor.after.rstrip(), text.rstrip()
    reading = cursor.read(line)
    closers = {index for index, _ in reading.unopened} | unopened_angles(line)
    if reading.unopened and fits_as_it_is(line, cursor):
        return text
    for size in range(min(len(after), len(line), LONGEST_OVERLAP), 0, -1):
        start = len(line) - size
        complete = size == len(after) or (is_punctuation(after[:size]) and max(closers, default=-1) >= start)
        if complete and line.endswith(after[:size]) and is_whole(line, start, reading):
            return line[:start]
    return without_conflict(text, cursor)


def is_punctuation(piece: str) -> bool:
    return not any(character.isalnum() or character == "_" for character in piece)


def is_whole(line: str, start: int, reading: Scan) -> bool:
    """Whether nothing that begins left of an index ends right of it."""
    pairs = (*reading.pairs, *angle_pairs(line))
    return not any(0 <= opened < start <= closed for opened, closed in pairs) and not (
        reading.string and reading.string in line[start:]
    )


def angle_pairs(line: str) -> list[tuple[int, int]]:
    """Angle brackets as generics and tags have them, with -1 for an opening one that is not there."""
    opened: list[int] = []
    pairs: list[tuple[int, int]] = []
    for match in ANGLE.finditer(line):
        if match.group() == "<":
            opened.append(match.start())
        else:
            pairs.append((opened.pop() if opened else -1, match.start()))
    return pairs


def unopened_angles(line: str) -> set[int]:
    return {closed for opened, closed in angle_pairs(line) if opened < 0}


def without_conflict(text: str, cursor: Cursor) -> str:
    """Cuts before a closer whose counterpart right of the cursor has code before it that the text lacks."""
    for ours, theirs in shared_closers(text, cursor):
        if not writes_all(text[: ours[0] + 1], cursor.after[: theirs[0] + 1]):
            return text[: ours[0]]
    return text
