"""Which part of a document an edit is about."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.stream.cursor import indent_unit_of
from foretype.stream.syntax import closes_block, continues_block, opens_block

# A block longer than this is more than somebody means who has selected nothing.
LONGEST_BLOCK_LINES = 300
LOOKED_AT_LINES = 100


@dataclass(frozen=True)
class Region:
    """Whole lines without the end of the last one, or exactly what stands between two places."""

    start: Place
    end: Place
    is_whole_lines: bool = True

    def text(self, document: Document) -> str:
        return document.text.between(self.start, self.end)

    def moved(self, lines: int) -> Region:
        start, end = self.start, self.end
        return Region(
            Place(start.line + lines, start.column), Place(end.line + lines, end.column), self.is_whole_lines
        )


def selected(document: Document, start: Place, end: Place) -> Region:
    """A selection: widened to whole lines where it leaves out only blanks, kept exactly where it does not."""
    if start > end:
        start, end = end, start
    if start == end:
        return around(document, start)
    if end.column == 0 and end.line > start.line:
        end = Place(end.line - 1, len(document.text.line(end.line - 1)))
    before = document.text.line(start.line)[: start.column]
    after = document.text.line(end.line)[end.column :]
    if before.strip() or after.strip():
        return Region(start, end, is_whole_lines=False)
    return whole_lines(document, start.line, end.line)


def is_selected(document: Document, start: Place, end: Place) -> bool:
    """Whether more is selected than one character, which is what a cursor is in Helix."""
    return len(document.text.between(start, end).strip("\r\n")) > 1


def numbered(document: Document, first: int, last: int) -> Region:
    """Lines by their numbers, counted from 1, the last one included."""
    low, high = sorted(min(each, document.text.line_count) for each in (first, last))
    return whole_lines(document, low - 1, high - 1)


def whole_lines(document: Document, first: int, last: int) -> Region:
    return Region(Place(first, 0), Place(last, len(document.text.line(last))))


def around(document: Document, place: Place) -> Region:
    """Where nothing is selected: an empty line, to write on, or else the block that encloses the place."""
    if not document.text.line(place.line).strip():
        return whole_lines(document, place.line, place.line)
    first, last = block_at(document, place.line)
    if last - first >= LONGEST_BLOCK_LINES:
        first, last = paragraph_at(document, place.line)
    return whole_lines(document, first, last)


def block_at(document: Document, line: int) -> tuple[int, int]:
    """First and last line of the block by indentation, with the lines that open and end it."""
    first = line
    while (closes_block(text_of(document, first)) and first > 0) or continues_block(text_of(document, first)):
        opener = opener_of(document, first, including=True)
        if opener == first:
            break
        first = opener
    if not is_opener(document, first):
        opener = opener_of(document, first)
        if opener == first:
            return paragraph_at(document, line)
        first = opener
    last = last_inside(document, first)
    first = with_decorators(document, first)
    return first, max(last, line)


def text_of(document: Document, line: int) -> str:
    return document.text.line(line)


def width(document: Document, line: int) -> int:
    text = text_of(document, line)
    return len(text[: len(text) - len(text.lstrip(" \t"))].expandtabs(4))


def is_opener(document: Document, line: int) -> bool:
    """Whether the next line that is not blank stands deeper."""
    below = next_full(document, line)
    return below is not None and width(document, below) > width(document, line)


def next_full(document: Document, line: int) -> int | None:
    below = range(line + 1, document.text.line_count)
    return next((each for each in below if text_of(document, each).strip()), None)


def opener_of(document: Document, line: int, including: bool = False) -> int:
    """The line above that stands less deep, or as deep where a line ends a block itself."""
    most = width(document, line) - (not including)
    for above in range(line - 1, -1, -1):
        text = text_of(document, above)
        if text.strip() and width(document, above) <= most and not closes_block(text):
            return above
    return line


def last_inside(document: Document, opener: int) -> int:
    """The last line of the block that a line opens, through `else` and the like, with what closes it."""
    depth, last = width(document, opener), opener
    for line in range(opener + 1, document.text.line_count):
        text = text_of(document, line)
        if not text.strip():
            continue
        if width(document, line) > depth or (width(document, line) == depth and continues_block(text)):
            last = line
        elif width(document, line) == depth and closes_block(text):
            return line
        elif width(document, line) == depth and text.strip() == "{" and last == opener:
            last = line
        else:
            break
    return last


def with_decorators(document: Document, line: int) -> int:
    while line > 0 and text_of(document, line - 1).strip().startswith(("@", "#[")):
        line -= 1
    return line


def paragraph_at(document: Document, line: int) -> tuple[int, int]:
    """The lines around one up to the next empty ones."""
    first = last = line
    while first > 0 and text_of(document, first - 1).strip() and line - first < LOOKED_AT_LINES:
        first -= 1
    while last + 1 < document.text.line_count and text_of(document, last + 1).strip():
        if last - line >= LOOKED_AT_LINES:
            break
        last += 1
    return first, last


def indent_of(document: Document, region: Region) -> str:
    """The white space that all lines of a region share; on an empty line, what belongs there."""
    lines = [line for line in document.text.lines(region.start.line, region.end.line + 1) if line.strip()]
    if not region.is_whole_lines:
        return ""
    if lines:
        return common_indent(lines)
    return indent_on_empty_line(document, region.start.line)


def common_indent(lines: list[str]) -> str:
    spaces = [line[: len(line) - len(line.lstrip(" \t"))] for line in lines if line.strip()]
    if not spaces:
        return ""
    low, high = min(spaces), max(spaces)
    same = next((at for at, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))
    return low[:same]


def indent_on_empty_line(document: Document, line: int) -> str:
    written = document.text.line(line)
    if written:
        return written
    above = next((each for each in range(line - 1, -1, -1) if text_of(document, each).strip()), None)
    if above is None:
        return ""
    text = text_of(document, above)
    space = text[: len(text) - len(text.lstrip(" \t"))]
    return space + unit_of(document) if opens_block(text, document.language_id) else space


def unit_of(document: Document) -> str:
    """One step of the document's own indentation."""
    lines = document.text.lines(0, 1000)
    return indent_unit_of([line.rstrip("\r\n") for line in lines], document.language_id)
