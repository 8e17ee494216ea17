"""One open document at one moment."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.documents.text import Place, Text

if TYPE_CHECKING:
    from foretype.documents.encoding import Encoding

LARGE_TEXT_CHARS = 20_000_000
LONG_LINE_CHARS = 1_000_000
LINES_THAT_SHOW_THE_EOL = 64


@dataclass(frozen=True)
class Document:
    """A snapshot: it stays as it is while the editor types on."""

    uri: str
    key: str
    language_id: str
    version: int | None
    text: Text
    encoding: Encoding
    in_doubt: bool = False

    @property
    def is_large(self) -> bool:
        """Whether the text is too large to work on while somebody types."""
        return self.text.size > LARGE_TEXT_CHARS or self.text.longest_line > LONG_LINE_CHARS

    @property
    def eol(self) -> str:
        """The document's own line end: what most of its first lines have, the first one where they tie."""
        first_lines = self.text.lines(0, min(self.text.line_count - 1, LINES_THAT_SHOW_THE_EOL))
        ends = Counter(line[len(line.rstrip("\r\n")) :] for line in first_lines)
        return ends.most_common(1)[0][0] if ends else "\n"

    def place(self, line: int, character: int) -> Place:
        """The place that an editor's position means: past the end of a line or of the text, that end."""
        if line >= self.text.line_count:
            return self.text.end
        if line < 0:
            return Place(0, 0)
        return Place(line, self.encoding.column(self.text.line(line), max(character, 0)))

    def character(self, place: Place) -> int:
        """The editor's own count for a place's column."""
        return self.encoding.character(self.text.line(place.line), place.column)

    def before(self, place: Place) -> str:
        return self.text.between(Place(0, 0), place)

    def after(self, place: Place) -> str:
        return self.text.between(place, self.text.end)
