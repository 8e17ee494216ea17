"""As much of HTTP/1.1 as local clients need: one bounded request on a connection, one answer, and the end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Json = Any

MOST_HEAD_BYTES = 32_768
MOST_BODY_BYTES = 16_000_000
HEAD_WITHIN_S = 10.0
BODY_WITHIN_S = 60.0

REASONS = {
    200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found",
    405: "Method Not Allowed", 408: "Request Timeout", 411: "Length Required", 413: "Content Too Large",
    421: "Misdirected Request", 429: "Too Many Requests", 431: "Request Header Fields Too Large",
    500: "Internal Server Error", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


class Refused(Exception):
    """A request that is not answered as it hoped; the sentence is for its sender."""

    def __init__(self, status: int, sentence: str, code: str = "", **headers: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.code = code
        self.headers = headers


def bad(name: str, problem: str) -> Refused:
    """A body in which one part is not what it should be."""
    return Refused(400, f"`{name}` {problem}.", "invalid_value")


@dataclass(frozen=True)
class Heard:
    """A request; names of headers are in lower case, and one that came twice is in `repeated`."""

    method: str
    path: str
    headers: Mapping[str, str]
    repeated: frozenset[str] = frozenset()
    body: bytes = field(default=b"", repr=False)

    def json(self) -> Json:
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise Refused(400, "The body is not JSON.") from None
        if not isinstance(value, dict):
            raise Refused(400, "The body is not a JSON object.")
        return value


async def read_head(reader: asyncio.StreamReader) -> Heard | None:
    """The request without its body; None where the client said nothing."""
    try:
        head = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), HEAD_WITHIN_S)
    except asyncio.IncompleteReadError as end:
        if not end.partial:
            return None
        raise Refused(400, "The request broke off.") from None
    except asyncio.LimitOverrunError:
        raise Refused(431, f"The headers are longer than {MOST_HEAD_BYTES} bytes.") from None
    except asyncio.TimeoutError:
        raise Refused(408, "The request took too long to arrive.") from None
    return parsed(head)


def parsed(head: bytes) -> Heard:
    first, *lines = head.decode("latin-1")[:-4].split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise Refused(400, "That is not HTTP/1.1.")
    headers: dict[str, str] = {}
    repeated = set()
    for line in lines:
        name, colon, value = line.partition(":")
        name = name.lower()
        if not colon or not name or name != name.strip():
            raise Refused(400, "A header is malformed.")
        if name in headers:
            repeated.add(name)
        headers[name] = value.strip()
    return Heard(words[0], words[1].partition("?")[0], headers, frozenset(repeated))


async def read_body(reader: asyncio.StreamReader, heard: Heard) -> bytes:
    """The body, whose length has to be said beforehand and bounded."""
    if "transfer-encoding" in heard.headers or "content-length" in heard.repeated:
        raise Refused(411, "Say the length of the body in Content-Length.")
    written = heard.headers.get("content-length", "0")
    if not (written.isascii() and written.isdecimal()):
        raise Refused(400, "Content-Length is not a number.")
    if len(written) > 12 or int(written) > MOST_BODY_BYTES:
        raise Refused(413, f"The body is longer than {MOST_BODY_BYTES} bytes.")
    try:
        return await asyncio.wait_for(reader.readexactly(int(written)), BODY_WITHIN_S)
    except asyncio.IncompleteReadError:
        raise Refused(400, "The body broke off.") from None
    except asyncio.TimeoutError:
        raise Refused(408, "The body took too long to arrive.") from None


class Answer:
    """What goes back over one connection: a whole answer, or events as they come."""

    def __init__(self, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self.has_begun = False

    async def whole(self, status: int, value: Json, headers: Mapping[str, str] | None = None) -> None:
        body = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        about = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
        await self._send(head_of(status, about) + body)

    async def event(self, value: Json) -> None:
        """One server-sent event; the first one opens the answer."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        data = f"data: {text}\n\n".encode("utf-8", "replace")
        if not self.has_begun:
            about = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store"}
            data = head_of(200, about) + data
        await self._send(data)

    async def _send(self, data: bytes) -> None:
        self.has_begun = True
        self._writer.write(data)
        await self._writer.drain()


def head_of(status: int, headers: Mapping[str, str]) -> bytes:
    """The end of an answer is the end of its connection: a client that hangs up is noticed."""
    about = {**headers, "Connection": "close", "X-Content-Type-Options": "nosniff"}
    lines = [f"HTTP/1.1 {status} {REASONS[status]}", *(f"{name}: {value}" for name, value in about.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
