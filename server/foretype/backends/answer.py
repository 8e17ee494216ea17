"""From the bytes of an answer to its JSON payloads, in whatever framing the server chose to send them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from enum import Enum
from typing import Any

from foretype.backends.ndjson import JsonLines
from foretype.backends.sse import ServerSentEvent, ServerSentEvents

Payload = dict[str, Any]

_END_MARK = "[DONE]"
_LINE_TYPES = ("ndjson", "jsonl", "json-lines", "stream+json")


class Framing(Enum):
    """How payloads follow each other in an answer."""

    EVENTS = "text/event-stream"
    LINES = "application/x-ndjson"
    WHOLE = "application/json"


class NotAnAnswerError(ValueError):
    """Bytes in which no model's answer can be read."""


class BrokenPieceError(NotAnAnswerError):
    """A piece of an answer that is not what it began as."""


def framing_of(content_type: str, first_byte: bytes, asked: Framing) -> Framing:
    """The framing that was sent, which need not be the one that was asked for."""
    if first_byte == b"<":
        raise NotAnAnswerError("a page came back where a model's answer was expected")
    if first_byte not in (b"{", b"["):
        return Framing.EVENTS
    if any(name in content_type for name in _LINE_TYPES):
        return Framing.LINES
    if "json" not in content_type and asked is Framing.LINES:
        return Framing.LINES
    return Framing.WHOLE


class AnswerReader:
    """Bytes in, payloads out; `ended` turns true at the mark that closes an answer.

    What comes before a broken piece is handed on; `broken` says then that nothing can follow.
    """

    def __init__(self, content_type: str, asked: Framing, max_bytes: int) -> None:
        self._content_type = content_type
        self._asked = asked
        self._max_bytes = max_bytes
        self._bytes_seen = 0
        self._events = ServerSentEvents(max_bytes)
        self._lines = JsonLines(max_bytes)
        self._unread = bytearray()
        self._framing: Framing | None = None
        self.ended = False
        self.broken: BrokenPieceError | None = None

    def feed(self, chunk: bytes) -> list[Payload]:
        """The payloads that this chunk completes."""
        self._bytes_seen += len(chunk)
        if self._bytes_seen > self._max_bytes:
            raise NotAnAnswerError(f"the answer is longer than {self._max_bytes} bytes")
        if self._framing is None:
            chunk = self._choose_framing(chunk)
        if self._framing is Framing.EVENTS:
            return self._payloads(self._events.feed(chunk))
        if self._framing is Framing.LINES:
            return self._payloads(map(unnamed, self._lines.feed(chunk)))
        self._unread += chunk
        return []

    def end(self) -> list[Payload]:
        """The payloads that only the end of the bytes completes."""
        if self._framing is Framing.LINES:
            return self._payloads(map(unnamed, self._lines.end()))
        if self._framing is Framing.WHOLE:
            payloads = whole_payloads(self._unread.decode("utf-8", "replace"))
            self.ended = True
            return payloads
        return []

    def _choose_framing(self, chunk: bytes) -> bytes:
        """Waits for the first byte that is not blank, then hands on everything read so far."""
        self._unread += chunk
        first_byte = bytes(self._unread).removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
        if not first_byte:
            return b""
        self._framing = framing_of(self._content_type, first_byte, self._asked)
        seen = bytes(self._unread)
        self._unread.clear()
        return seen

    def _payloads(self, pieces: Iterable[ServerSentEvent]) -> list[Payload]:
        """Up to the mark that ends an answer, or the first piece that is broken."""
        payloads: list[Payload] = []
        for piece in pieces:
            if piece.data.strip() == _END_MARK:
                self.ended = True
                break
            try:
                payload = payload_of(piece.data)
            except BrokenPieceError as error:
                self.broken = error
                break
            if piece.name == "error":
                payload.setdefault("error", payload.get("message", "the server reported an error"))
            payloads.append(payload)
        return payloads


def unnamed(line: str) -> ServerSentEvent:
    """A line of JSON, which is an event that has no name."""
    return ServerSentEvent(data=line)


def payload_of(text: str) -> Payload:
    """One JSON object; a list with one object in it, as some servers answer, is that object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BrokenPieceError("a piece of the answer is not JSON") from error
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if not isinstance(value, dict):
        raise BrokenPieceError("a piece of the answer is not a JSON object")
    return value


def whole_payloads(text: str) -> list[Payload]:
    """The payload of a whole document, or of each line of one that turns out to be a stream of them."""
    try:
        return [payload_of(text)]
    except BrokenPieceError:
        return [payload_of(line) for line in text.splitlines() if line.strip()]
