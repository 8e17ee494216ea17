"""One request over the wire: deltas while they arrive, and a stream that ends when its reader does."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager, suppress
from typing import TYPE_CHECKING

from foretype.backends.call import Call, call_for
from foretype.backends.complaint import Complaint, complaint_in_body
from foretype.backends.deadlines import Countdown, Deadlines, Stage, TooLateError
from foretype.backends.delta import Delta
from foretype.backends.exchange import Exchange, exchanged
from foretype.backends.failures import failure_of
from foretype.backends.foreign import from_exception
from foretype.backends.reading import read_answer
from foretype.backends.refusals import Refusals, refused_in
from foretype.errors import (
    BackendError,
    OfflineError,
    RequestRejectedError,
    StreamInterruptedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint
    from foretype.backends.request import Request

_LOG = logging.getLogger(__name__)
_MAX_COMPLAINT_BYTES = 64 << 10
_REQUEST_IDS = ("x-request-id", "x-amzn-trace-id", "x-amz-cf-id", "inference-id")

# The one parameter that is missed where it is refused.
_TOOLS = "tools"
_NO_TOOLS = (
    "{endpoint} takes no tools for {model}, so it can read and search nothing by itself; "
    "llama-server takes them when it is started with --jinja."
)


class ParameterRefusedError(RequestRejectedError):
    """The request was refused for a parameter that it can do without."""


async def stream(
    connections: Connections,
    refusals: Refusals,
    endpoint: Endpoint,
    request: Request,
    deadlines: Deadlines,
) -> AsyncGenerator[Delta, None]:
    """The answer to a request; closing this generator closes the server's side at once.

    It ends where the answer is complete and raises a BackendError where it is not. Only while nothing
    of the answer has arrived is the request sent a second time.
    """
    countdown = Countdown(deadlines)
    tried: set[type[BackendError]] = set()
    while True:
        call = call_for(endpoint, request, refusals.of(endpoint, request.model))
        started = False
        try:
            async with aclosing(
                _attempt(connections, refusals, endpoint, request, call, countdown)
            ) as deltas:
                async for delta in deltas:
                    started = True
                    yield delta
            return
        except BackendError as error:
            reason = reason_to_retry(error, countdown)
            if started or reason is None or reason in tried:
                raise
            tried.add(reason)
            await _prepare_retry(reason, connections, endpoint, countdown)
            if _TOOLS in call.optional_sent & refusals.of(endpoint, request.model):
                yield Delta(note=_NO_TOOLS.format(endpoint=endpoint.name, model=request.model))


def reason_to_retry(error: BackendError, countdown: Countdown) -> type[BackendError] | None:
    """Why a second try may succeed where the first failed; None where it will not, or comes too late."""
    if (error.retry_after_s or 0.0) >= countdown.left_s() or countdown.left_s() <= 0:
        return None
    if isinstance(error, ParameterRefusedError):
        return ParameterRefusedError
    if isinstance(error, (OfflineError, StreamInterruptedError, UnavailableError)):
        return BackendError
    return None


async def _prepare_retry(
    reason: type[BackendError], connections: Connections, endpoint: Endpoint, countdown: Countdown
) -> None:
    """A second try goes over a new connection, as the first may have died with others in the pool."""
    if reason is ParameterRefusedError:
        return
    await connections.renew(endpoint)
    pause_s = countdown.deadlines.retry_pause_s * random.uniform(0.5, 1.5)
    await asyncio.sleep(max(0.0, min(pause_s, countdown.left_s())))


async def _attempt(
    connections: Connections,
    refusals: Refusals,
    endpoint: Endpoint,
    request: Request,
    call: Call,
    countdown: Countdown,
) -> AsyncGenerator[Delta, None]:
    with mapped(endpoint, request.model):
        async with connections.lease(endpoint) as pool, exchanged(pool, call, countdown) as exchange:
            if not 200 <= exchange.status < 300:
                raise await _refusal(refusals, endpoint, request, call, exchange, countdown)
            answer = read_answer(endpoint, request.model, call.route, exchange, countdown)
            async with aclosing(answer) as deltas:
                async for delta in deltas:
                    yield delta


@contextmanager
def mapped(endpoint: Endpoint, model: str) -> Iterator[None]:
    """Lets only our own errors out; the foreign one stays behind, as it may hold what nobody should see."""
    try:
        yield
    except BackendError:
        raise
    except Exception as error:
        _LOG.debug("%s failed with %s", endpoint.name, type(error).__name__)
        ours = from_exception(endpoint, model, error)
        if ours is None:
            raise
        raise ours from None


async def _refusal(
    refusals: Refusals,
    endpoint: Endpoint,
    request: Request,
    call: Call,
    exchange: Exchange,
    countdown: Countdown,
) -> BackendError:
    """The error for an answer that is none."""
    complaint = await _complaint(exchange, countdown)
    _log_refusal(endpoint, exchange, complaint)
    failure = failure_of(endpoint, request.model, complaint, exchange.status, exchange.headers)
    refused = refused_in(complaint, exchange.status, call.optional_sent)
    if isinstance(failure, (RequestRejectedError, UnavailableError)) and refused:
        refusals.remember(endpoint, request.model, refused)
        return ParameterRefusedError(
            str(failure), endpoint=endpoint.name, model=request.model, status=failure.status
        )
    return failure


async def _complaint(exchange: Exchange, countdown: Countdown) -> Complaint:
    """What the server says, as far as it says it in time and within bounds."""
    body = bytearray()
    with suppress(TooLateError), countdown.wait(Stage.NEXT_BYTES, countdown.deadlines.idle_s):
        while len(body) < _MAX_COMPLAINT_BYTES:
            piece = await exchange.next_bytes()
            if not piece:
                break
            body += piece
    return complaint_in_body(bytes(body[:_MAX_COMPLAINT_BYTES]))


def _log_refusal(endpoint: Endpoint, exchange: Exchange, complaint: Complaint) -> None:
    request_id = next((exchange.headers[name] for name in _REQUEST_IDS if name in exchange.headers), "none")
    _LOG.debug(
        "%s answered %s: %s (request id %s)",
        endpoint.name,
        exchange.status,
        complaint.excerpt(),
        request_id[:100],
    )
