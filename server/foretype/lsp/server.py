"""pygls' server on our connection: its registry of features, its typed API towards the client, its types.

What pygls does between the wire and a handler is replaced by `Connection`, so that its defects (document
store, framing, requests without an answer, tracebacks sent to the client, commands that cannot be
cancelled) are not in the path; see "Why a layer over pygls" in ARCHITECTURE.md.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import is_dataclass
from enum import Enum
from inspect import iscoroutinefunction
from typing import Any, NoReturn, TypeVar

import cattrs
from cattrs.cols import is_sequence, list_structure_factory
from cattrs.gen import make_dict_structure_fn
from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter

from foretype import __version__
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.messages import Json
from foretype.lsp.protocol import CHAT, SET_KEY, ChatParams, SetKeyParams
from foretype.lsp.rpc import Connection

RESPONSE_TYPE, PARAMS_TYPE = 1, 2

Typed = TypeVar("Typed")

OWN_PARAMS: dict[str, type] = {CHAT: ChatParams, SET_KEY: SetKeyParams}

Misread = Callable[[Json, RpcError], None]


class OverConnection(LanguageServerProtocol):
    """pygls' protocol object, reduced to its outgoing half."""

    connection: Connection

    def notify(self, method: str, params: Any | None = None) -> None:
        self.connection.notify(method, self._converter.unstructure(params))

    def send_request_async(self, method: str, params: Any | None = None, msg_id: Any = None) -> Any:
        return self._ask(method, params)

    def send_request(self, method: str, *_: Any, **__: Any) -> Future[Any]:
        raise RuntimeError(f"{method} was sent without awaiting its answer: use the _async twin")

    async def _ask(self, method: str, params: Any) -> Any:
        answer = await self.connection.ask(method, self._converter.unstructure(params))
        response_type: Any = types.METHOD_TO_TYPES[method][RESPONSE_TYPE]
        response = {"id": 0, "jsonrpc": "2.0", "result": answer}
        try:
            return self._converter.structure(response, response_type).result
        except Exception as problem:
            raise RpcError(ErrorCode.REQUEST_FAILED, "the client's answer cannot be understood") from problem

    def structure_params(self, method: str, params: Json) -> Any:
        """The typed parameters of a method; those of a method that LSP does not know stay as they are."""
        params_type: Any = (
            types.METHOD_TO_TYPES[method][PARAMS_TYPE]
            if method in types.METHOD_TO_TYPES
            else OWN_PARAMS.get(method)
        )
        return params if params_type is None else self.structure(params, params_type, method)

    def structure(self, value: Json, wanted: type[Typed], of: str) -> Typed:
        """A value as one of the protocol's types; `of` is whose parameters it is, for the refusal."""
        try:
            return self._converter.structure(value, wanted)
        except Exception as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, what_is_wrong(of, problem)) from problem

    def unstructure(self, value: Any) -> Json:
        return self._converter.unstructure(value)


class Server(LanguageServer):
    """Routes a connection's messages to the handlers registered with `feature`."""

    protocol: OverConnection

    def __init__(self, connection: Connection) -> None:
        super().__init__(
            "foretype", __version__, protocol_cls=OverConnection, converter_factory=strict_converter
        )
        self.protocol.connection = connection
        self._on_misread: dict[str, Misread] = {}

    def argument(self, arguments: Sequence[Json], wanted: type[Typed], command: str) -> Typed:
        """The only argument of a command, an object."""
        if len(arguments) != 1:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"{command} takes one argument, an object")
        return self.protocol.structure(arguments[0], wanted, command)

    def misread(self, method: str) -> Callable[[Misread], Misread]:
        """Register what to do about a notification whose parameters are wrong."""

        def register(handler: Misread) -> Misread:
            self._on_misread[method] = handler
            return handler

        return register

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None:
        handler = self._handler(method, is_request=True)
        if handler is None:
            return None

        async def serve(params: Json) -> Json:
            typed = self.protocol.structure_params(method, params)
            return self.protocol.unstructure(await handler(typed))

        return serve

    def notification(self, method: str) -> Callable[[Json], None] | None:
        handler = self._handler(method, is_request=False)
        if handler is None:
            return None

        def serve(params: Json) -> None:
            try:
                typed = self.protocol.structure_params(method, params)
            except RpcError as problem:
                self._on_misread.get(method, ignore)(params, problem)
                raise
            handler(typed)

        return serve

    def _handler(self, method: str, *, is_request: bool) -> Callable[[Any], Any] | None:
        """A feature's handler: a coroutine function serves requests, a plain function notifications."""
        handler: Callable[[Any], Any] | None = self.protocol.fm.features.get(method)
        return handler if handler and iscoroutinefunction(handler) is is_request else None


def ignore(params: Json, problem: RpcError) -> None:
    """The connection has logged it; nothing else depends on it."""


def strict_converter() -> cattrs.Converter:
    """lsprotocol's converter, without cattrs' habit of turning one primitive into another."""
    converter: cattrs.Converter = default_converter()  # type: ignore[no-untyped-call]
    for primitive in (str, int, bool):
        converter.register_structure_hook(primitive, exactly)
    converter.register_structure_hook(float, number)
    converter.register_structure_hook(int | str | None, token)
    converter.register_structure_hook_factory(is_sequence, only_a_list)
    converter.register_structure_hook_factory(is_dataclass, only_an_object)
    return converter


def exactly(value: Any, wanted: type) -> Any:
    """The value itself; or, as the protocol's enumerations are numbers or words, the one it stands for."""
    if issubclass(wanted, Enum) and type(value) in (int, str):
        return wanted(value)
    return value if type(value) is wanted else mismatch(wanted)


def only_a_list(wanted: Any, converter: cattrs.BaseConverter) -> Callable[[Any, Any], Any]:
    """A string is a sequence too, but never one that was meant."""
    entries = list_structure_factory(wanted, converter)
    return lambda value, wanted: entries(value, wanted) if type(value) is list else mismatch(list)


def only_an_object(wanted: Any, converter: cattrs.Converter) -> Callable[[Any, Any], Any]:
    """What is not an object has no fields, and would be read as one in which none is given."""
    fields = make_dict_structure_fn(wanted, converter)
    return lambda value, wanted: fields(value, wanted) if type(value) is dict else mismatch(dict)


def token(value: Any, wanted: Any) -> Any:
    return value if value is None or type(value) in (int, str) else mismatch(str)


def number(value: Any, wanted: type) -> float:
    return float(value) if type(value) in (int, float) else mismatch(wanted)


def mismatch(wanted: type) -> NoReturn:
    raise TypeError(f"expected {wanted.__name__}")


def what_is_wrong(method: str, problem: BaseException) -> str:
    """Where in the parameters the first mistake is; never what stands there."""
    try:
        path = cattrs.transform_error(problem)[0].rpartition("@ $")[2].lstrip(".")
    except Exception:  # noqa: BLE001 - a path is a courtesy
        path = ""
    return f"wrong or missing parameters of {method}" + (f": {path[:100]}" if path else "")
