"""What changes between two texts, line by line; a line that is only indented otherwise has changed."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place, split_lines
from foretype.flows.editing.region import Region

# Past this many lines difflib leaves out the commonest ones, which keeps its work within bounds.
EXACT_UP_TO_LINES = 1000


@dataclass(frozen=True)
class Hunk:
    """One change: what stands between two places becomes this text."""

    start: Place
    end: Place
    text: str


def hunks_for(document: Document, region: Region, new: str) -> tuple[Hunk, ...]:
    """The fewest lines to change so that a region reads as `new`, which has LF for line ends."""
    eol = document.text.line_end(region.start.line) or document.eol
    if not region.is_whole_lines:
        new = new.replace("\n", eol)
        return () if region.text(document) == new else (Hunk(region.start, region.end, new),)
    first = region.start.line
    old_lines = [line.rstrip("\r\n") for line in document.text.lines(first, region.end.line + 1)]
    new_lines = new.split("\n")
    if old_lines == new_lines:
        return ()
    changes = changed_runs(old_lines, new_lines)
    return tuple(hunk(document, region, run, new_lines, eol) for run in changes)


def changed_runs(old: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Where old lines give way to new ones, as indices from and to in both."""
    from difflib import SequenceMatcher

    head = 0
    while head < min(len(old), len(new)) and old[head] == new[head]:
        head += 1
    tail = 0
    while tail < min(len(old), len(new)) - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    is_long = len(middle_old) + len(middle_new) > EXACT_UP_TO_LINES
    matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=is_long)
    return [
        (a + head, b + head, c + head, d + head)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
    ]


def hunk(
    document: Document, region: Region, run: tuple[int, int, int, int], new_lines: list[str], eol: str
) -> Hunk:
    """A run of lines as a change that leaves the end of the region's last line alone."""
    first = region.start.line
    start, end, new_start, new_end = run[0] + first, run[1] + first, run[2], run[3]
    text = eol.join(new_lines[new_start:new_end])
    is_inside = end <= region.end.line
    if start < end and new_start < new_end:
        return Hunk(Place(start, 0), end_of(document, end - 1), text)
    if start == end:
        if is_inside:
            return Hunk(Place(start, 0), Place(start, 0), text + eol)
        return Hunk(end_of(document, start - 1), end_of(document, start - 1), eol + text)
    if is_inside:
        return Hunk(Place(start, 0), Place(end, 0), "")
    return Hunk(end_of(document, start - 1), end_of(document, end - 1), "")


def removal(document: Document, region: Region) -> tuple[Hunk, ...]:
    """A region's lines gone, with the end of the last one; nothing else moves."""
    first, last = region.start.line, region.end.line
    if not region.is_whole_lines:
        return (Hunk(region.start, region.end, ""),)
    if last + 1 < document.text.line_count:
        return (Hunk(Place(first, 0), Place(last + 1, 0), ""),)
    start = end_of(document, first - 1) if first else Place(0, 0)
    return (Hunk(start, region.end, ""),)


def end_of(document: Document, line: int) -> Place:
    return Place(line, len(document.text.line(line)))


def with_hunks(document: Document, hunks: tuple[Hunk, ...]) -> str:
    """The document's text after changes that all speak of the text before."""
    text = document.text
    for each in reversed(hunks):
        text, _ = text.replace(each.start, each.end, each.text)
    return str(text)


def lines_of(text: str) -> list[str]:
    return [line.rstrip("\r\n") for line in split_lines(text)]
