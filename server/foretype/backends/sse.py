"""Server-sent events from bytes, as the WHATWG standard reads them, whatever way the bytes are cut."""

from __future__ import annotations

import re
from dataclasses import dataclass

from foretype.backends.lines import LineCutter, LineTooLongError

_LINE_END = re.compile(rb"\r\n|\r|\n")
_PLAIN_EVENTS = re.compile(rb"(?:data:[^\r\n]*\n\n)+")
_DATA = re.compile(rb"data: ?([^\r\n]*)\n\n")
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class ServerSentEvent:
    """One dispatched event; `name` is empty where the server gave none."""

    data: str
    name: str = ""


class ServerSentEvents:
    """Bytes in, events out."""

    def __init__(self, max_line_bytes: int = 1 << 20) -> None:
        self._cutter = LineCutter(_LINE_END, max_line_bytes)
        self._max_event_bytes = max_line_bytes
        self._start = b""
        self._started = False
        self._after_carriage_return = False
        self._name = ""
        self._data: list[bytes] = []
        self._data_bytes = 0

    def feed(self, chunk: bytes) -> list[ServerSentEvent]:
        """The events that this chunk completes."""
        chunk = self._without_mark(chunk)
        if self._is_at_rest and _PLAIN_EVENTS.fullmatch(chunk):
            return [ServerSentEvent(data.decode("utf-8", "replace")) for data in _DATA.findall(chunk)]
        chunk = self._without_half_line_end(chunk)
        events = []
        for line in self._cutter.feed(chunk):
            event = self._take(line)
            if event is not None:
                events.append(event)
        return events

    @property
    def _is_at_rest(self) -> bool:
        """Whether an event may begin here: most arrive whole and plain, and are then read as such."""
        return self._started and not (
            self._after_carriage_return or self._name or self._data or self._cutter.rest()
        )

    def _without_mark(self, chunk: bytes) -> bytes:
        """Holds back the first bytes until they are, or cannot become, a byte order mark."""
        if self._started:
            return chunk
        self._start += chunk
        if len(self._start) < len(_BOM) and _BOM.startswith(self._start):
            return b""
        self._started = True
        return self._start.removeprefix(_BOM)

    def _without_half_line_end(self, chunk: bytes) -> bytes:
        """A line ends at its carriage return at once; a line feed that follows belongs to it."""
        if not chunk:
            return chunk
        if self._after_carriage_return and chunk.startswith(b"\n"):
            chunk = chunk[1:]
        self._after_carriage_return = chunk.endswith(b"\r")
        return chunk

    def _take(self, line: bytes) -> ServerSentEvent | None:
        if not line:
            return self._dispatch()
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            self._add_data(value)
        elif field == b"event":
            self._name = value.decode("utf-8", "replace")
        return None

    def _add_data(self, value: bytes) -> None:
        self._data.append(value)
        self._data_bytes += len(value) + 1
        if self._data_bytes > self._max_event_bytes:
            raise LineTooLongError(f"an event is longer than {self._max_event_bytes} bytes")

    def _dispatch(self) -> ServerSentEvent | None:
        data, name = self._data, self._name
        self._data, self._data_bytes, self._name = [], 0, ""
        if not data:
            return None
        return ServerSentEvent(b"\n".join(data).decode("utf-8", "replace"), name)
