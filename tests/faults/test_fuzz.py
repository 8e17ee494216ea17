"""Random damage to frames and to parameters: the server answers each id once, and stays."""

from __future__ import annotations

import asyncio
import copy
import json
import random
from collections.abc import Iterator

import pytest

from contract import served
from editor import Editor, Json, frame

ODD_VALUES: tuple[Json, ...] = (
    *(None, True, False, 0, -1, 2**31, 2**64, 1.5, "", "x", "\x00", "é😀", "x" * 5000),
    *([], [[]], [None], {}, {"a": {}}, [{"uri": 1}], {"uri": None}, [1] * 500),
)
BROKEN_FRAMES = 400
CONFUSIONS_PER_METHOD = 60


def damaged(random: random.Random, data: bytes) -> bytes:
    """A frame with up to three stretches of it changed, cut out or repeated."""
    for _ in range(random.randint(1, 3)):
        first = random.randrange(len(data) + 1)
        last = min(len(data), first + random.choice([0, 1, 1, 2, 10, 100]))
        middle = random.choice(
            [b"", random.randbytes(3), b"\r\n", b"9", b"Content-Length: 7\r\n\r\n", data[first:last] * 2]
        )
        data = data[:first] + middle + data[last:]
    return data


async def test_after_any_broken_frame_a_request_is_answered_within_a_second(client: Editor) -> None:
    chance = random.Random(20261121)
    for number in range(BROKEN_FRAMES):
        message = {"jsonrpc": "2.0", "method": "test/noise", "params": {"n": "x" * chance.randrange(300)}}
        client.send_bytes(damaged(chance, frame(message)))
        id = client.post("test/ping", id=f"after {number}")
        assert (await asyncio.wait_for(client.error(id), 1)).code == -32601
        client.received.clear()


def places(value: Json, path: tuple[Json, ...] = ()) -> Iterator[tuple[Json, ...]]:
    """Every place inside a value, the value itself among them."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from places(inner, (*path, key))


def confused(chance: random.Random, params: Json) -> Json:
    """Right parameters, with something odd or nothing in one place."""
    path = chance.choice(list(places(params)))
    if not path:
        return chance.choice(ODD_VALUES)
    confused = copy.deepcopy(params)
    holder = confused
    for key in path[:-1]:
        holder = holder[key]
    if chance.random() < 0.2:
        del holder[path[-1]]
    else:
        holder[path[-1]] = chance.choice(ODD_VALUES)
    return confused


@pytest.mark.parametrize("method", sorted(served.RIGHT_PARAMS))
async def test_every_method_survives_confused_parameters(client: Editor, method: str) -> None:
    chance = random.Random(method)
    client.notify("textDocument/didOpen", served.RIGHT_PARAMS["textDocument/didOpen"])
    client.notify("notebookDocument/didOpen", served.RIGHT_PARAMS["notebookDocument/didOpen"])
    ids = []
    for _ in range(CONFUSIONS_PER_METHOD):
        params = confused(chance, served.RIGHT_PARAMS[method])
        ids.append(client.post(method, params))
        client.notify(method, params)
    for id in ids:
        response = await client.response(id)
        if "error" in response:
            assert response["error"]["code"] in {-32600, -32601, -32602}, response
            assert "data" not in response["error"]
    assert await client.is_alive()
    assert await client.end() == 0
    assert b"internal error" not in client.stderr
    assert "window/showMessage" not in json.dumps(client.received)
