"""The body of a good answer: from bytes to deltas, with an eye on the clock and on the end."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from functools import reduce
from itertools import takewhile
from typing import TYPE_CHECKING

from foretype.backends.answer import AnswerReader, Payload
from foretype.backends.complaint import complaint_in, is_error
from foretype.backends.deadlines import Countdown, Stage
from foretype.backends.delta import Delta
from foretype.backends.failures import failure_of, make
from foretype.backends.unpacking import unpacker
from foretype.errors import StreamInterruptedError

if TYPE_CHECKING:
    from foretype.backends.dialects.shape import Route
    from foretype.backends.endpoint import Endpoint
    from foretype.backends.exchange import Exchange

_MAX_ANSWER_BYTES = 8 << 20


async def read_answer(
    endpoint: Endpoint, model: str, route: Route, exchange: Exchange, countdown: Countdown
) -> AsyncGenerator[Delta, None]:
    """The deltas of an answer, up to its end; an answer that breaks off raises after what it brought.

    What has arrived together is one delta: a fast server's words cost little more than its packets.
    """
    body = Body(exchange, route, countdown)
    served_by = exchange.headers.get("x-inference-provider", "")
    try:
        while not body.at_end:
            payloads = await body.next_payloads()
            good = list(takewhile(lambda payload: not is_error(payload), payloads))
            delta = reduce(Delta.and_then, map(route.read, good), Delta())
            body.finished = body.finished or delta.finish is not None
            if delta.says_something:
                yield replace(delta, served_by=served_by) if served_by else delta
                served_by = ""
            if len(good) < len(payloads):
                raise failure_of(endpoint, model, complaint_in(payloads[len(good)]))
    finally:
        await body.drain_what_is_over()
    if not body.finished:
        raise make(StreamInterruptedError, endpoint, model)


class Body:
    """Payloads as they arrive; once the model has finished, nothing that goes wrong matters."""

    def __init__(self, exchange: Exchange, route: Route, countdown: Countdown) -> None:
        content_type = exchange.headers.get("content-type", "").lower()
        self._exchange = exchange
        self._countdown = countdown
        self._unpack = unpacker(exchange.headers.get("content-encoding", ""), _MAX_ANSWER_BYTES)
        self._reader = AnswerReader(content_type, route.framing, _MAX_ANSWER_BYTES)
        self._seen_bytes = False
        self.finished = False
        self.at_end = False

    async def next_payloads(self) -> list[Payload]:
        try:
            return await self._read_once()
        except Exception:
            if not self.finished:
                raise
            self.at_end = True
            return []

    async def drain_what_is_over(self) -> None:
        """Reads the end of an answer whose reader left after its finish: the connection can be used again."""
        while self.finished and not self.at_end:
            await self.next_payloads()

    async def _read_once(self) -> list[Payload]:
        if self._reader.broken is not None:
            raise self._reader.broken
        with self._countdown.wait(*self._limit()):
            piece = await self._exchange.next_bytes()
        self._seen_bytes = True
        self.at_end = not piece
        payloads = self._reader.feed(self._unpack(piece)) if piece else self._reader.end()
        self.finished = self.finished or self._reader.ended
        return payloads

    def _limit(self) -> tuple[Stage, float]:
        """After the model has finished, a short wait lets the connection be used again."""
        deadlines = self._countdown.deadlines
        if self.finished:
            return Stage.NEXT_BYTES, deadlines.linger_s
        if not self._seen_bytes:
            return Stage.FIRST_BYTE, deadlines.first_byte_s
        return Stage.NEXT_BYTES, deadlines.idle_s
