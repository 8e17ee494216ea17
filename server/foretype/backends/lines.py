"""Cuts a byte stream into lines as it arrives, with a cap on the length of one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re


class LineTooLongError(ValueError):
    """A line that grew past its cap without ending."""


class LineCutter:
    """Bytes in, whole lines out; the unfinished rest is kept for the next bytes."""

    def __init__(self, line_end: re.Pattern[bytes], max_line_bytes: int) -> None:
        self._line_end = line_end
        self._max_line_bytes = max_line_bytes
        self._rest = bytearray()

    def feed(self, chunk: bytes) -> list[bytes]:
        """The lines that this chunk completes."""
        first, *others = self._line_end.split(chunk)
        self._keep(first)
        lines = []
        for other in others:
            lines.append(bytes(self._rest))
            self._rest.clear()
            self._keep(other)
        return lines

    def rest(self) -> bytes:
        """What came after the last line end."""
        return bytes(self._rest)

    def _keep(self, piece: bytes) -> None:
        if len(self._rest) + len(piece) > self._max_line_bytes:
            raise LineTooLongError(f"a line is longer than {self._max_line_bytes} bytes")
        self._rest += piece
