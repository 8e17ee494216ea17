"""JSON-RPC with LSP's life cycle: each request gets exactly one answer, a cancelled one does nothing more.

A connection knows no method but the ones that steer it (initialize, shutdown, exit, $/cancelRequest).
What the others mean is the router's, which the host puts in once `initialize` has been answered.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from foretype.lsp import messages
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.messages import BadMessage, Id, Json, Notification, Request, Response

logger = logging.getLogger(__name__)

MAX_WAITING_BYTES_FOR_DROPPABLE = 256 * 1024


class Phase(Enum):
    NEW = "new"
    RUNNING = "running"
    SHUT_DOWN = "shut down"
    ENDED = "ended"


class Router(Protocol):
    """What the connection's methods mean."""

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None: ...

    def notification(self, method: str) -> Callable[[Json], None] | None: ...

    async def start(self) -> None: ...

    async def settled(self) -> None:
        """Return when the next message may be served."""
        ...

    async def close(self) -> None: ...


class Outlet(Protocol):
    """Where messages go."""

    @property
    def waiting_bytes(self) -> int: ...

    def send(self, body: bytes) -> None: ...


class NoRouter:
    """The router of a connection that has not been initialized."""

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None:
        return None

    def notification(self, method: str) -> Callable[[Json], None] | None:
        return None

    async def start(self) -> None:
        return

    async def settled(self) -> None:
        return

    async def close(self) -> None:
        return


@dataclass(eq=False)
class Call:
    """A request that is being served."""

    id: Id
    method: str
    is_answered: bool = False
    has_last_word: bool = False
    task: asyncio.Task[None] | None = field(default=None, repr=False)


current_call: contextvars.ContextVar[Call | None] = contextvars.ContextVar("current_call", default=None)


class Connection:
    """One client, from its first message to its last."""

    def __init__(self, outlet: Outlet, initialize: Callable[[Json], Json]) -> None:
        self.phase = Phase.NEW
        self.is_orderly = False
        self.router: Router = NoRouter()
        self._outlet = outlet
        self._initialize = initialize
        self._calls: set[Call] = set()
        self._asked: dict[int, asyncio.Future[Json]] = {}
        self._last_asked_id = 0

    def receive(self, body: bytes) -> None:
        """Serve one message; a request goes on in a task of its own."""
        try:
            message = messages.parse(body)
        except BadMessage as problem:
            logger.warning("a message was refused: %s", problem.message)
            if problem.is_answerable:
                self._outlet.send(messages.error(problem.id, problem))
            return
        if isinstance(message, Request):
            self._serve(message)
        elif isinstance(message, Notification):
            self._notice(message)
        else:
            self._settle(message)

    def refuse(self, reason: str) -> None:
        """Tell the client that its bytes could not be read as a message."""
        logger.warning("input that is not a message: %s", reason)
        self._outlet.send(
            messages.error(None, RpcError(ErrorCode.PARSE_ERROR, f"this is not a message: {reason}"))
        )

    # Requests from the client

    def _serve(self, request: Request) -> None:
        call = Call(request.id, request.method)
        try:
            handler = self._admit(request)
        except RpcError as problem:
            self._answer(call, messages.error(call.id, problem))
            return
        except Exception as problem:  # noqa: BLE001 - whatever happens here, the request is answered
            self._answer(call, messages.error(call.id, internal_error(call.method, problem)))
            return
        if handler is not None:
            self._calls.add(call)
            call.task = asyncio.get_running_loop().create_task(self._run(call, handler, request.params))

    def _admit(self, request: Request) -> Callable[[Json], Awaitable[Json]] | None:
        """The handler of a request; None where the connection has answered it itself."""
        if request.method == "initialize":
            self._begin(request)
            return None
        if self.phase is Phase.NEW:
            raise RpcError(ErrorCode.SERVER_NOT_INITIALIZED, "the first request must be initialize")
        if self.phase is not Phase.RUNNING:
            raise RpcError(ErrorCode.INVALID_REQUEST, "the server has been shut down")
        if request.method == "shutdown":
            self._shut_down(request)
            return None
        handler = self.router.request(request.method)
        if handler is None:
            raise RpcError(ErrorCode.METHOD_NOT_FOUND, f"there is no method {request.method[:100]!r}")
        return handler

    def _begin(self, request: Request) -> None:
        if self.phase is not Phase.NEW:
            raise RpcError(ErrorCode.INVALID_REQUEST, "initialize may be sent once")
        result = self._initialize(request.params)
        self.phase = Phase.RUNNING
        self._outlet.send(messages.result(request.id, result))

    def _shut_down(self, request: Request) -> None:
        self.phase, self.is_orderly = Phase.SHUT_DOWN, True
        self.cancel_all()
        self._outlet.send(messages.result(request.id, None))

    async def _run(self, call: Call, handler: Callable[[Json], Awaitable[Json]], params: Json) -> None:
        current_call.set(call)
        try:
            self._answer(call, messages.result(call.id, await handler(params)))
        except asyncio.CancelledError:
            self._answer(call, cancelled(call))
        except RpcError as problem:
            self._answer(call, messages.error(call.id, problem))
        except BaseException as problem:  # noqa: BLE001 - whatever a handler does, its request is answered
            self._answer(call, messages.error(call.id, internal_error(call.method, problem)))
        finally:
            self._calls.discard(call)

    def _answer(self, call: Call, body: bytes) -> None:
        if not call.is_answered:
            call.is_answered = True
            self._outlet.send(body)

    def _cancel(self, call: Call) -> None:
        """Answer at once; whatever the task still does, it can no longer reach the client.

        A call that has the last word answers by itself, with what it has until then.
        """
        if not call.has_last_word:
            self._answer(call, cancelled(call))
        if call.task is not None:
            call.task.cancel()

    def cancel_all(self) -> None:
        for call in tuple(self._calls):
            self._cancel(call)

    async def idle(self) -> None:
        """Return when no request is being served."""
        tasks = [call.task for call in self._calls if call.task is not None]
        await asyncio.gather(*tasks, return_exceptions=True)

    # Notifications from the client

    def _notice(self, notification: Notification) -> None:
        if notification.method == "exit":
            self.phase = Phase.ENDED
        elif notification.method == "$/cancelRequest":
            self._cancel_by_id(notification.params)
        elif self.phase is Phase.RUNNING and (handler := self.router.notification(notification.method)):
            try:
                handler(notification.params)
            except RpcError as problem:
                logger.warning("ignored %s: %s", notification.method, problem.message)
            except Exception as problem:  # noqa: BLE001 - a notification has no answer that could carry it
                internal_error(notification.method, problem)

    def _cancel_by_id(self, params: Json) -> None:
        id = params.get("id") if isinstance(params, dict) else None
        for call in tuple(self._calls):
            if type(call.id) is type(id) and call.id == id:
                self._cancel(call)

    # Messages to the client

    def notify(self, method: str, params: Json, *, is_droppable: bool = False) -> None:
        """Send a notification; a droppable one only informs, and only while the client keeps up."""
        if not is_droppable:
            refuse_if_answered()
        elif self._outlet.waiting_bytes > MAX_WAITING_BYTES_FOR_DROPPABLE:
            return
        self._outlet.send(messages.notification(method, params))

    async def ask(self, method: str, params: Json, timeout_s: float | None = None) -> Json:
        """Send a request and wait for its result; giving up tells the client so."""
        refuse_if_answered()
        with self._pending() as (id, answer):
            self._outlet.send(messages.request(id, method, params))
            try:
                return await asyncio.wait_for(answer, timeout_s)
            except (asyncio.CancelledError, asyncio.TimeoutError):
                self._outlet.send(messages.notification("$/cancelRequest", {"id": id}))
                raise

    @contextmanager
    def _pending(self) -> Iterator[tuple[int, asyncio.Future[Json]]]:
        self._last_asked_id += 1
        id = self._last_asked_id
        answer = self._asked[id] = asyncio.get_running_loop().create_future()
        try:
            yield id, answer
        finally:
            del self._asked[id]

    def _settle(self, response: Response) -> None:
        answer = self._asked.get(response.id) if type(response.id) is int else None
        if answer is None or answer.done():
            logger.debug("an answer to no question of ours: id %r", response.id)
        elif response.error is not None:
            answer.set_exception(refusal(response.error))
        else:
            answer.set_result(response.result)


def refuse_if_answered() -> None:
    """Stop a cancelled request at its next word to the client, should it have caught the cancellation."""
    call = current_call.get()
    if call is not None and call.is_answered:
        raise asyncio.CancelledError


def claim_last_word() -> None:
    """Let the current request answer its own cancellation, as LSP allows where a part is worth having."""
    call = current_call.get()
    if call is not None:
        call.has_last_word = True


def cancelled(call: Call) -> bytes:
    return messages.error(call.id, RpcError(ErrorCode.REQUEST_CANCELLED, "the request was cancelled"))


def refusal(error: Json) -> RpcError:
    """The client's error, as far as it can be trusted to be one."""
    message = error.get("message") if isinstance(error, dict) else None
    return RpcError(ErrorCode.REQUEST_FAILED, message if isinstance(message, str) else "the client refused")


def internal_error(method: str, problem: BaseException) -> RpcError:
    """Log a failure of ours under a number, and give the client the number only."""
    reference = f"{id(problem) & 0xFFFFFF:06x}"
    logger.error("internal error %s in %s", reference, method, exc_info=problem)
    return RpcError(ErrorCode.INTERNAL_ERROR, f"internal error (ref {reference}); the log has the details")
