"""Which connection a request went over, and under which number: what it takes to call it back."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol


class Resets(Protocol):
    """A connection that can be told that nobody reads the answer of this number any more."""

    async def reset(self, number: int) -> None: ...


@dataclass
class Sending:
    """Filled in while a request is sent; a number is only there over HTTP/2."""

    wire: Resets | None = None
    number: int | None = None
    half_sent: bool = False

    async def trace(self, event: str, info: dict[str, Any]) -> None:
        """Listens to the HTTP library, which tells the number when it writes the request's head."""
        if event == "http2.send_request_headers.started":
            self.number = info["stream_id"]
            self.half_sent = True
        elif event == "http2.send_request_headers.complete":
            self.half_sent = False


SENDING: ContextVar[Sending | None] = ContextVar("SENDING", default=None)
