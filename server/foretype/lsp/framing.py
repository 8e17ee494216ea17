"""LSP's base protocol, without I/O: bytes in, message bodies out; and a body framed for sending.

A frame that cannot be trusted never costs more than itself. The decoder says what was wrong and looks
for the next header, which cannot stand inside a JSON body: a body has no raw line break in a string.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_BODY_BYTES = 256 * 1024 * 1024
MAX_HEADER_BYTES = 8 * 1024

BLANK_LINE = re.compile(rb"\r?\n\r?\n")
LENGTH_HEADER = re.compile(rb"content-length[ \t]*:[ \t]*([0-9]{1,18})[ \t]*\r?\n", re.IGNORECASE)
HEADER_NAME = re.compile(rb"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
LENGTH_VALUE = re.compile(rb"[ \t]*([0-9]{1,18})[ \t]*")
LONGEST_LENGTH_HEADER = 64


@dataclass(frozen=True)
class Malformed:
    """A stretch of input that is not a frame, and why."""

    reason: str


def frame(body: bytes) -> bytes:
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


class FrameDecoder:
    """Turns a stream of bytes, cut anywhere, into message bodies."""

    def __init__(self, max_body_bytes: int = MAX_BODY_BYTES) -> None:
        self._max_body_bytes = max_body_bytes
        self._buffer = bytearray()
        self._body_bytes: int | None = None
        self._scanned_bytes = 0
        self._lost = False

    @property
    def is_at_rest(self) -> bool:
        """Whether the input so far ends where a frame ends."""
        return not self._buffer and self._body_bytes is None

    def feed(self, data: bytes) -> Iterator[bytes | Malformed]:
        """Take in a chunk, and yield every body it completes."""
        self._buffer += data
        while True:
            if self._lost and not self._find_next_header():
                return
            found = self._header() if self._body_bytes is None else self._body()
            if found is None:
                return
            if found:
                yield found

    def _header(self) -> bytes | Malformed | None:
        """Read a header block; empty bytes mean that the body comes next, None that more input is needed."""
        start = len(self._buffer) - len(self._buffer.lstrip(b"\r\n"))
        end = BLANK_LINE.search(self._buffer, start)
        if end is None:
            return self._lose("a header that does not end") if len(self._buffer) > MAX_HEADER_BYTES else None
        length = content_length(bytes(self._buffer[start : end.start()]))
        if isinstance(length, Malformed):
            self._drop_header(start, end.end())
            return self._lose(length.reason)
        del self._buffer[: end.end()]
        if length > self._max_body_bytes:
            return self._lose(f"a message of {length} bytes; the limit is {self._max_body_bytes}")
        self._body_bytes, self._scanned_bytes = length, 0
        return b""

    def _drop_header(self, start: int, end: int) -> None:
        """Drop a bad header, but not a good one that follows, in the same block, on what went wrong."""
        later = [match.start() for match in LENGTH_HEADER.finditer(self._buffer, start + 1, end)]
        del self._buffer[: later[-1] if later else end]

    def _body(self) -> bytes | Malformed | None:
        assert self._body_bytes is not None
        if self._has_header_inside(self._body_bytes):
            return self._lose("a message that is shorter than its Content-Length")
        if len(self._buffer) < self._body_bytes:
            return None
        body = bytes(self._buffer[: self._body_bytes])
        del self._buffer[: self._body_bytes]
        self._body_bytes = None
        return body or Malformed("an empty message")

    def _has_header_inside(self, body_bytes: int) -> bool:
        start = max(0, self._scanned_bytes - LONGEST_LENGTH_HEADER)
        end = body_bytes + LONGEST_LENGTH_HEADER
        self._scanned_bytes = min(len(self._buffer), body_bytes)
        # A line break is rare in a body, so that the fast search for one spares the slow search.
        if self._buffer.find(b"\n", start, end) < 0:
            return False
        match = LENGTH_HEADER.search(self._buffer, start, end)
        return match is not None and match.start() < body_bytes

    def _lose(self, reason: str) -> Malformed:
        self._lost, self._body_bytes = True, None
        return Malformed(reason)

    def _find_next_header(self) -> bool:
        """Drop what stands before the next length header; keep what may be the start of one."""
        match = LENGTH_HEADER.search(self._buffer)
        if match is None:
            del self._buffer[:-LONGEST_LENGTH_HEADER]
            return False
        del self._buffer[: match.start()]
        self._lost = False
        return True


def content_length(block: bytes) -> int | Malformed:
    """The length that a header block declares; names in any case, lines in any order."""
    lengths: list[int] = []
    for line in block.split(b"\n"):
        name, colon, value = line.removesuffix(b"\r").partition(b":")
        if not colon or not HEADER_NAME.fullmatch(name):
            return Malformed("a header line that is none")
        if name.lower() == b"content-length":
            number = LENGTH_VALUE.fullmatch(value)
            if number is None:
                return Malformed("a Content-Length that is not a number")
            lengths.append(int(number[1]))
    if len(LENGTH_HEADER.findall(block + b"\n")) > len(lengths):
        return Malformed("a header that begins inside another")
    if len(set(lengths)) != 1:
        return Malformed("two Content-Lengths that differ" if lengths else "a header without Content-Length")
    return lengths[0]
