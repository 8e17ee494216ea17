"""What an editor counts in a line: UTF-8 bytes, UTF-16 units or code points; columns are code points."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum
from typing import NamedTuple


class Units(NamedTuple):
    """How one encoding writes a character: a codec without a mark, and the bytes of one unit."""

    codec: str
    width: int


class Encoding(Enum):
    """The position encodings of LSP, by their names on the wire."""

    UTF_8 = "utf-8"
    UTF_16 = "utf-16"
    UTF_32 = "utf-32"

    def column(self, line: str, character: int) -> int:
        """The code points before an editor's position, rounded down inside a character."""
        if self is Encoding.UTF_32 or line.isascii():
            return min(character, len(line))
        codec, width = UNITS[self]
        # No character is shorter than one unit, so nothing after this prefix matters.
        units = line[:character].encode(codec, "replace")
        return len(units[: character * width].decode(codec, "ignore"))

    def character(self, line: str, column: int) -> int:
        """The editor's position after so many code points of a line."""
        before = line[:column]
        if self is Encoding.UTF_32 or before.isascii():
            return len(before)
        codec, width = UNITS[self]
        return len(before.encode(codec, "replace")) // width


UNITS = {
    Encoding.UTF_8: Units("utf-8", 1),
    Encoding.UTF_16: Units("utf-16-le", 2),
    Encoding.UTF_32: Units("utf-32-le", 4),
}


def negotiate(client_offers: Iterable[str] | None) -> Encoding:
    """The first encoding that the client prefers and LSP knows; UTF-16 where it offers none.

    All three are cheap here, and a client errs least in the unit that it counts in itself.
    """
    known = {encoding.value: encoding for encoding in Encoding}
    return next((known[offer] for offer in client_offers or () if offer in known), Encoding.UTF_16)
