"""The connection's promises: one answer each, life cycle, cancellation that holds."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.messages import encode
from foretype.lsp.rpc import Connection, Phase, claim_last_word

Json = Any


class Wire:
    """The client's end: what it sent, what it got, and the methods that the test gives the server."""

    def __init__(self) -> None:
        self.got: list[Json] = []
        self.waiting_bytes = 0
        self.requests: dict[str, Callable[[Json], Awaitable[Json]]] = {}
        self.notifications: dict[str, Callable[[Json], None]] = {}
        self.connection = Connection(self, self.initialize)
        self.connection.router = self

    def initialize(self, params: Json) -> Json:
        return {"capabilities": {}}

    def request(self, method: str) -> Callable[[Json], Awaitable[Json]] | None:
        return self.requests.get(method)

    def notification(self, method: str) -> Callable[[Json], None] | None:
        return self.notifications.get(method)

    async def start(self) -> None:
        return

    async def settled(self) -> None:
        return

    async def close(self) -> None:
        return

    def send(self, body: bytes) -> None:
        self.got.append(json.loads(body))

    def receive(self, **message: Json) -> None:
        self.connection.receive(encode({"jsonrpc": "2.0", **message}))

    def answers(self, id: Json) -> list[Json]:
        return [m.get("result", m.get("error", {}).get("code")) for m in self.got if m.get("id") == id]


@pytest.fixture
def wire() -> Wire:
    return Wire()


@pytest.fixture
def running(wire: Wire) -> Wire:
    wire.receive(id="start", method="initialize", params={})
    return wire


async def settle(wire: Wire) -> None:
    await wire.connection.idle()


async def test_before_initialize_nothing_is_served(wire: Wire) -> None:
    wire.requests["m"] = wire.requests["shutdown"] = lambda _: asyncio.sleep(0)
    wire.notifications["n"] = lambda _: pytest.fail("served")
    wire.receive(method="n")
    wire.receive(id=1, method="m")
    wire.receive(id=2, method="shutdown")
    assert wire.answers(1) == wire.answers(2) == [-32002]


async def test_initialize_is_answered_once_and_may_be_tried_again_after_an_error(wire: Wire) -> None:
    wire.connection._initialize = lambda params: (_ for _ in ()).throw(
        RpcError(ErrorCode.INVALID_PARAMS, "no")
    )
    wire.receive(id=1, method="initialize", params={})
    assert wire.answers(1) == [-32602]
    assert wire.connection.phase is Phase.NEW
    wire.connection._initialize = lambda params: {}
    wire.receive(id=2, method="initialize", params={})
    wire.receive(id=3, method="initialize", params={})
    assert wire.answers(2) == [{}]
    assert wire.answers(3) == [-32600]


async def test_after_shutdown_only_exit_is_heard(running: Wire) -> None:
    running.requests["m"] = lambda _: asyncio.sleep(0)
    running.receive(id=1, method="shutdown")
    running.receive(id=2, method="m")
    running.receive(id=3, method="initialize", params={})
    assert running.answers(1) == [None]
    assert running.answers(2) == running.answers(3) == [-32600]
    running.receive(method="exit")
    assert running.connection.phase is Phase.ENDED
    assert running.connection.is_orderly


async def test_exit_without_shutdown_is_not_orderly(running: Wire) -> None:
    running.receive(method="exit")
    assert running.connection.phase is Phase.ENDED
    assert not running.connection.is_orderly


async def test_shutdown_ends_what_is_running(running: Wire) -> None:
    running.requests["slow"] = lambda _: asyncio.sleep(3600)
    running.receive(id=1, method="slow")
    running.receive(id=2, method="shutdown")
    await settle(running)
    assert running.answers(1) == [-32800]
    assert running.answers(2) == [None]


async def test_unknown_methods(running: Wire) -> None:
    running.receive(id=1, method="no/such")
    running.receive(id=2, method="$/no/such")
    running.receive(method="no/such")
    running.receive(method="$/no/such")
    assert running.answers(1) == running.answers(2) == [-32601]
    assert len(running.got) == 3


class Hopeless(BaseException):
    """Something that no handler should raise."""


@pytest.mark.parametrize(
    "raised",
    [
        ValueError("secret hf_abc"),
        RecursionError(),
        MemoryError(),
        SystemExit(3),
        Hopeless(),
        GeneratorExit(),
    ],
    ids=repr,
)
async def test_whatever_a_handler_raises_its_request_is_answered_without_details(
    running: Wire, raised: BaseException
) -> None:
    async def fail(_: Json) -> Json:
        raise raised

    running.requests["m"] = fail
    running.receive(id=1, method="m")
    await settle(running)
    assert running.answers(1) == [-32603]
    assert "secret" not in json.dumps(running.got)


async def test_a_result_that_is_not_json_is_an_internal_error(running: Wire) -> None:
    async def odd(_: Json) -> Json:
        return object()

    running.requests["m"] = odd
    running.receive(id=1, method="m")
    await settle(running)
    assert running.answers(1) == [-32603]


async def test_a_failing_notification_harms_nobody(running: Wire) -> None:
    def fail(_: Json) -> None:
        raise ValueError("no")

    running.notifications["n"] = fail
    running.receive(method="n")
    running.receive(id=1, method="no/such")
    assert running.answers(1) == [-32601]
    assert len(running.got) == 2


async def test_ids_of_different_types_are_different(running: Wire) -> None:
    gates = {name: asyncio.Event() for name in ("text", "number")}

    async def slow(params: Json) -> Json:
        await gates[params["gate"]].wait()
        return params["gate"]

    running.requests["m"] = slow
    running.receive(id="1", method="m", params={"gate": "text"})
    running.receive(id=1, method="m", params={"gate": "number"})
    running.receive(method="$/cancelRequest", params={"id": 1})
    gates["text"].set()
    await settle(running)
    assert [(m["id"], m.get("result")) for m in running.got[1:]] == [(1, None), ("1", "text")]


async def test_two_requests_with_one_id_are_both_answered(running: Wire) -> None:
    async def slow(params: Json) -> Json:
        await asyncio.sleep(0)
        return params["n"]

    running.requests["m"] = slow
    running.receive(id=5, method="m", params={"n": 1})
    running.receive(id=5, method="m", params={"n": 2})
    await settle(running)
    assert running.answers(5) == [1, 2]


@pytest.mark.parametrize("params", [None, [], {}, {"id": "nobody"}, {"id": None}, {"id": [1]}, {"id": 77}])
async def test_a_cancellation_of_nothing_is_ignored(running: Wire, params: Json) -> None:
    running.receive(method="$/cancelRequest", params=params)
    assert len(running.got) == 1


async def test_a_cancelled_request_is_answered_at_once_and_can_do_nothing_more(running: Wire) -> None:
    reached: list[str] = []

    async def stubborn(_: Json) -> Json:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            reached.append("caught")
        running.connection.notify("window/logMessage", {})
        reached.append("never")
        return "never"

    running.requests["m"] = stubborn
    running.receive(id=1, method="m")
    await asyncio.sleep(0)
    running.receive(method="$/cancelRequest", params={"id": 1})
    assert running.answers(1) == [-32800]
    await settle(running)
    assert reached == ["caught"]
    assert running.answers(1) == [-32800]
    assert not [m for m in running.got if "method" in m]


async def test_a_request_that_claimed_the_last_word_answers_its_own_cancellation(running: Wire) -> None:
    async def talk(params: Json) -> Json:
        claim_last_word()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            running.connection.notify("n", "the rest")
        return "what there is"

    running.requests["m"] = talk
    running.receive(id=1, method="m")
    await asyncio.sleep(0)
    running.receive(method="$/cancelRequest", params={"id": 1})
    running.receive(method="$/cancelRequest", params={"id": 1})
    await settle(running)
    assert running.answers(1) == ["what there is"]
    assert [m["params"] for m in running.got if m.get("method") == "n"] == ["the rest"]


async def test_a_cancelled_request_cannot_apply_an_edit(running: Wire) -> None:
    async def stubborn(_: Json) -> Json:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            return await running.connection.ask("workspace/applyEdit", {})

    running.requests["m"] = stubborn
    running.receive(id=1, method="m")
    await asyncio.sleep(0)
    running.receive(method="$/cancelRequest", params={"id": 1})
    await settle(running)
    assert not [m for m in running.got if m.get("method") == "workspace/applyEdit"]


async def test_the_client_can_be_asked(running: Wire) -> None:
    asking = asyncio.create_task(running.connection.ask("workspace/configuration", {"items": []}))
    await asyncio.sleep(0)
    question = running.got[-1]
    running.receive(id="no such question", result=1)
    running.receive(id=question["id"], result=["a"])
    running.receive(id=question["id"], result=["again"])
    assert await asking == ["a"]


async def test_the_clients_refusal_is_an_error(running: Wire) -> None:
    asking = asyncio.create_task(running.connection.ask("window/showDocument", {}))
    await asyncio.sleep(0)
    running.receive(id=running.got[-1]["id"], error={"code": 1, "message": "not here"})
    with pytest.raises(RpcError, match="not here"):
        await asking


async def test_giving_up_on_a_question_tells_the_client(running: Wire) -> None:
    with pytest.raises(asyncio.TimeoutError):
        await running.connection.ask("window/showMessageRequest", {}, timeout_s=0.01)
    assert running.got[-1]["method"] == "$/cancelRequest"
    assert running.got[-1]["params"]["id"] == running.got[-2]["id"]


async def test_what_may_be_dropped_is_dropped_for_a_slow_reader(running: Wire) -> None:
    running.waiting_bytes = 10**9
    running.connection.notify("$/progress", {}, is_droppable=True)
    running.connection.notify("foretype/status", {})
    assert [m["method"] for m in running.got if "method" in m] == ["foretype/status"]
