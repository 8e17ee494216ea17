"""A text as a persistent value: an edit makes a new one that shares nearly everything with the old."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from io import StringIO
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

LINES_PER_CHUNK = 512
FEWEST_LINES_PER_CHUNK = LINES_PER_CHUNK // 4


class Place(NamedTuple):
    """A place between two characters: line and column from zero, the column in code points."""

    line: int
    column: int


@dataclass(frozen=True)
class Splice:
    """Which lines an edit replaced, and by what; every inserted line has its own end."""

    first_line: int
    removed_lines: int
    inserted: tuple[str, ...]


class Chunk(tuple[str, ...]):
    """A run of neighbouring lines that knows how long they are."""

    @cached_property
    def size(self) -> int:
        return sum(map(len, self))

    @cached_property
    def longest(self) -> int:
        return max(map(len, self))


@dataclass(frozen=True, eq=False)
class Text:
    """Lines with their own ends, in chunks; all but the last line have an end."""

    _chunks: tuple[Chunk, ...]
    _first_lines: tuple[int, ...]

    @staticmethod
    def of(string: str) -> Text:
        return _text_of_chunks(_chunks_of(split_lines(string)))

    def __str__(self) -> str:
        return "".join(chain.from_iterable(self._chunks))

    @property
    def line_count(self) -> int:
        return self._first_lines[-1] + len(self._chunks[-1])

    @property
    def size(self) -> int:
        """The length in code points."""
        return sum(chunk.size for chunk in self._chunks)

    @property
    def longest_line(self) -> int:
        """The length of the longest line in code points, its end included."""
        return max(chunk.longest for chunk in self._chunks)

    @property
    def end(self) -> Place:
        """The place after the last character."""
        return Place(self.line_count - 1, len(self._chunks[-1][-1]))

    def line(self, number: int) -> str:
        """A line without its end."""
        return self._whole_line(number).rstrip("\r\n")

    def line_end(self, number: int) -> str:
        """What ends a line: LF, CRLF or CR, and nothing for the last line."""
        whole = self._whole_line(number)
        return whole[len(whole.rstrip("\r\n")) :]

    def lines(self, first: int, last: int) -> tuple[str, ...]:
        """The lines from `first` up to, not including, `last`, each with its end."""
        first, last = max(first, 0), min(last, self.line_count)
        if first >= last:
            return ()
        low, high = self._chunk_at(first), self._chunk_at(last - 1)
        run = chain.from_iterable(self._chunks[low : high + 1])
        skipped = self._first_lines[low]
        return tuple(run)[first - skipped : last - skipped]

    def between(self, start: Place, end: Place) -> str:
        """The characters between two places."""
        run = list(self.lines(start.line, end.line + 1))
        if not run:
            return ""
        run[-1] = run[-1][: end.column]
        run[0] = run[0][start.column :]
        return "".join(run)

    def offset(self, place: Place) -> int:
        """How many code points stand before a place."""
        at = self._chunk_at(place.line)
        inside = self._chunks[at][: place.line - self._first_lines[at]]
        return sum(chunk.size for chunk in self._chunks[:at]) + sum(map(len, inside)) + place.column

    def place(self, offset: int) -> Place:
        """The place with so many code points before it; there is none between CR and LF, so before both."""
        left = max(offset, 0)
        for chunk, first_line in zip(self._chunks, self._first_lines, strict=True):
            if left < chunk.size:
                return self._place_in(chunk, first_line, left)
            left -= chunk.size
        return self.end

    def replace(self, start: Place, end: Place, new: str) -> tuple[Text, Splice]:
        """The text with `new` in the place of a range, and which lines that changed."""
        first, last = start.line, end.line
        joined = self.line(first)[: start.column] + new + self._rest_of_line(end)
        if self._joins_line_before(first, joined):
            first -= 1
            joined = self._whole_line(first) + joined
        lines = split_lines(joined)
        if last + 1 < self.line_count:
            lines.pop()
        splice = Splice(first, last + 1 - first, tuple(lines))
        return self._spliced(splice), splice

    def _whole_line(self, number: int) -> str:
        at = self._chunk_at(number)
        return self._chunks[at][number - self._first_lines[at]]

    def _chunk_at(self, line: int) -> int:
        return bisect_right(self._first_lines, line) - 1

    def _place_in(self, chunk: Chunk, first_line: int, offset: int) -> Place:
        ends = list(accumulate(map(len, chunk)))
        number = bisect_right(ends, offset)
        line = chunk[number]
        column = offset - (ends[number] - len(line))
        return Place(first_line + number, min(column, len(line.rstrip("\r\n"))))

    def _rest_of_line(self, place: Place) -> str:
        """What follows a place on its line, with the line's end whole."""
        whole = self._whole_line(place.line)
        return whole[min(place.column, len(whole.rstrip("\r\n"))) :]

    def _joins_line_before(self, line: int, start: str) -> bool:
        """Whether an LF that comes to stand at the start of a line makes one CRLF with the CR before it."""
        return line > 0 and start.startswith("\n") and self._whole_line(line - 1).endswith("\r")

    def _spliced(self, splice: Splice) -> Text:
        after = splice.first_line + splice.removed_lines
        low, high = self._chunk_at(splice.first_line), self._chunk_at(after - 1)
        head = self._chunks[low][: splice.first_line - self._first_lines[low]]
        tail = self._chunks[high][after - self._first_lines[high] :]
        lines = head + splice.inserted + tail
        if len(lines) < FEWEST_LINES_PER_CHUNK and high + 1 < len(self._chunks):
            high += 1
            lines += self._chunks[high]
        chunks = (*self._chunks[:low], *_chunks_of(lines), *self._chunks[high + 1 :])
        if low == high and len(splice.inserted) == splice.removed_lines:
            return Text(chunks, self._first_lines)
        return _text_of_chunks(chunks)


def split_lines(string: str) -> list[str]:
    """The lines of a string by LSP's rule: LF, CRLF and CR end a line, nothing else; the last has no end."""
    lines = StringIO(string, newline="").readlines()
    if not lines or lines[-1].endswith(("\n", "\r")):
        lines.append("")
    return lines


def _chunks_of(lines: list[str] | tuple[str, ...]) -> Iterator[Chunk]:
    """Chunks of nearly equal length, none over the limit."""
    pieces = -(-len(lines) // LINES_PER_CHUNK)
    cuts = [len(lines) * piece // pieces for piece in range(pieces + 1)]
    return (Chunk(lines[low:high]) for low, high in pairwise(cuts))


def _text_of_chunks(chunks: Iterable[Chunk]) -> Text:
    chunks = tuple(chunks)
    return Text(chunks, tuple(accumulate(map(len, chunks[:-1]), initial=0)))
