"""JSON-RPC messages: bytes to a checked message, and back. Nothing here knows a method."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, NoReturn

from foretype.lsp.codes import ErrorCode, RpcError

HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")

Json = Any
Id = int | str | None


@dataclass(frozen=True)
class Request:
    id: Id
    method: str
    params: Json


@dataclass(frozen=True)
class Notification:
    method: str
    params: Json


@dataclass(frozen=True)
class Response:
    id: Id
    result: Json
    error: Json


class BadMessage(RpcError):
    """A message that cannot be served, with the id to answer where it has one."""

    def __init__(self, code: ErrorCode, message: str, id: Id = None, *, is_answerable: bool = True) -> None:
        super().__init__(code, message)
        self.id = id
        self.is_answerable = is_answerable


def parse(body: bytes) -> Request | Notification | Response:
    """Check everything that JSON-RPC promises, so that nothing behind this line has to."""
    try:
        message = json.loads(body.decode("utf-8"), parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadMessage(ErrorCode.PARSE_ERROR, "the message is not valid JSON in UTF-8") from error
    if not isinstance(message, dict):
        raise BadMessage(
            ErrorCode.INVALID_REQUEST, "a message must be one JSON object; batches are not part of LSP"
        )
    checked = classify(message)
    # A document may hold half a character while it is being typed; nothing else has a reason to.
    if not isinstance(checked, Notification) and HALF_CHARACTER.search(body) and not is_unicode(message):
        raise BadMessage(ErrorCode.INVALID_REQUEST, "a string has half a surrogate pair", checked.id)
    return checked


def is_unicode(message: Json) -> bool:
    try:
        json.dumps(message, ensure_ascii=False).encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def classify(message: dict[str, Json]) -> Request | Notification | Response:
    has_id, id = "id" in message, message.get("id")
    if not is_id(id):
        raise BadMessage(ErrorCode.INVALID_REQUEST, "an id must be a string or an integer")
    if "method" not in message and ("result" in message or "error" in message):
        return Response(id, message.get("result"), message.get("error"))
    method, params = message.get("method"), message.get("params")
    problem = request_problem(message, method, params)
    if problem:
        raise BadMessage(ErrorCode.INVALID_REQUEST, problem, id, is_answerable=has_id or method is None)
    return Request(id, str(method), params) if has_id else Notification(str(method), params)


def request_problem(message: dict[str, Json], method: Json, params: Json) -> str | None:
    if message.get("jsonrpc") != "2.0":
        return 'the message must say "jsonrpc": "2.0"'
    if not isinstance(method, str):
        return "the method must be a string"
    if params is not None and not isinstance(params, dict | list):
        return "params must be an object or an array"
    return None


def is_id(id: Json) -> bool:
    return id is None or (isinstance(id, int | str) and not isinstance(id, bool))


def request(id: Id, method: str, params: Json) -> bytes:
    return encode({"jsonrpc": "2.0", "id": id, "method": method, "params": params})


def notification(method: str, params: Json) -> bytes:
    return encode({"jsonrpc": "2.0", "method": method, "params": params})


def result(id: Id, value: Json) -> bytes:
    return encode({"jsonrpc": "2.0", "id": id, "result": value})


def error(id: Id, problem: RpcError) -> bytes:
    return encode(
        {"jsonrpc": "2.0", "id": id, "error": {"code": int(problem.code), "message": problem.message}}
    )


def encode(message: dict[str, Json]) -> bytes:
    """JSON in ASCII: a lone surrogate or a line separator in a text can never break the stream."""
    return json.dumps(message, separators=(",", ":"), allow_nan=False).encode("ascii")
