"""HTTP/2 where it is offered: many streams on one connection, each of which can be given up alone."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from dataclasses import replace

import h2.errors
import pytest

from foretype.errors import DeadlineExceededError

from contract.asking import PATIENT, Client
from contract.spoken import EVENTS, SPOKEN
from contract.test_on_the_way import AUTHORITY, server_context
from contract.upstream_http2 import Http2Upstream, Stream, serving_http2

TEXT = SPOKEN[0]


async def by_path(stream: Stream) -> None:
    """Does to a stream what the path of its endpoint says."""
    if "/silent/" in stream.path:
        return
    stream.head(EVENTS)
    stream.say(TEXT.text("a"))
    if "/stalled/" not in stream.path:
        stream.say(TEXT.end())
        stream.end()


@pytest.fixture
async def http2() -> AsyncIterator[Http2Upstream]:
    async with serving_http2(server_context("good"), by_path) as upstream:
        yield upstream


@pytest.fixture
async def asker(http2: Http2Upstream) -> AsyncIterator[Client]:
    client = Client(http2.origin)
    client.endpoint = replace(client.endpoint, certificates=AUTHORITY)
    yield client
    await client.aclose()


def going(client: Client, way: str) -> Client:
    """The same connections, another script."""
    other = Client(client.endpoint.origin)
    other.connections = client.connections
    other.endpoint = replace(client.endpoint, base_url=f"{client.endpoint.origin}/{way}/v1")
    return other


async def test_streams_share_one_connection(http2: Http2Upstream, asker: Client) -> None:
    for _ in range(40):
        assert (await asker.ask(TEXT)).text == "a"
    await asyncio.gather(*[asker.ask(TEXT) for _ in range(10)])
    assert len(http2.connections) == 1
    assert all(stream.reset_code is None for stream in http2.streams)


@pytest.mark.parametrize("way", ["silent", "stalled"])
async def test_a_cancelled_request_is_reset_and_the_connection_stays(
    http2: Http2Upstream, asker: Client, way: str
) -> None:
    await asker.ask(TEXT)
    asking = asyncio.create_task(going(asker, way).ask(TEXT))
    await http2.heard_streams(2)
    asking.cancel()
    await asyncio.wait([asking])
    await asyncio.wait_for(http2.streams[1].reset.wait(), 5)
    assert http2.streams[1].reset_code == h2.errors.ErrorCodes.CANCEL
    assert (await asker.ask(TEXT)).text == "a"
    assert len(http2.connections) == 1


async def test_a_stream_that_is_closed_early_is_reset(http2: Http2Upstream, asker: Client) -> None:
    async with aclosing(going(asker, "stalled").stream(TEXT)) as deltas:
        await deltas.__anext__()
    await asyncio.wait_for(http2.streams[0].reset.wait(), 5)


@pytest.mark.parametrize("way", ["silent", "stalled"])
async def test_a_stream_that_is_too_late_is_reset(http2: Http2Upstream, asker: Client, way: str) -> None:
    hasty = replace(PATIENT, first_byte_s=0.2, idle_s=0.2)
    await asker.ask(TEXT)
    with pytest.raises(DeadlineExceededError):
        await going(asker, way).ask(TEXT, hasty)
    await asyncio.wait_for(http2.streams[1].reset.wait(), 5)


async def test_giving_up_one_stream_leaves_the_others_alone(http2: Http2Upstream, asker: Client) -> None:
    await asker.ask(TEXT)
    cancelled = [asyncio.create_task(going(asker, "silent").ask(TEXT)) for _ in range(5)]
    await http2.heard_streams(6)
    asking = [asyncio.create_task(asker.ask(TEXT)) for _ in range(5)]
    for task in cancelled:
        task.cancel()
    assert [answer.text for answer in await asyncio.gather(*asking)] == ["a"] * 5
    assert len(http2.connections) == 1


async def test_hundreds_of_cancelled_requests(http2: Http2Upstream, asker: Client) -> None:
    """More than a connection may have open: it is replaced before it is full, and nothing is lost."""
    silent = going(asker, "silent")
    for number in range(150):
        asking = asyncio.create_task(silent.ask(TEXT))
        await http2.heard_streams(number + 1)
        asking.cancel()
        await asyncio.wait([asking])
    assert (await asker.ask(TEXT, PATIENT)).text == "a"
    assert 2 <= len(http2.connections) <= 6
    for stream in http2.streams[:150]:
        await asyncio.wait_for(stream.reset.wait(), 5)


@pytest.mark.parametrize("ticks", range(12))
async def test_a_request_cancelled_at_any_moment_spoils_nothing(
    http2: Http2Upstream, asker: Client, ticks: int
) -> None:
    await asker.ask(TEXT)
    for _ in range(3):
        asking = asyncio.create_task(asker.ask(TEXT))
        cancelled = asyncio.create_task(going(asker, "silent").ask(TEXT))
        for _ in range(ticks):
            await asyncio.sleep(0)
        cancelled.cancel()
        await asyncio.wait([cancelled])
        assert (await asking).text == "a"
    for stream in http2.streams:
        if "/silent/" in stream.path:
            await asyncio.wait_for(stream.given_up.wait(), 5)


async def test_a_connection_is_not_lost_when_one_who_waits_for_it_is_cancelled(
    http2: Http2Upstream, asker: Client
) -> None:
    asking = asyncio.create_task(asker.ask(TEXT))
    waiting = asyncio.create_task(asker.ask(TEXT))
    for _ in range(3):
        await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert (await asking).text == "a"
    await asyncio.wait_for(http2.connections[0].lost.wait(), 5)
    assert (await asker.ask(TEXT)).text == "a"
