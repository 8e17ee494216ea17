"""Pieces that came together are taken together, and none before it was asked for."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from foretype.backends.read_ahead import MOST_BYTES_AHEAD, ReadAhead

Step = bytes | asyncio.Event | Exception


class Pieces:
    """A body that does what it is told, and remembers how far it was read."""

    def __init__(self, *steps: Step) -> None:
        self.steps = steps
        self.read = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for step in self.steps:
            self.read += 1
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, Exception):
                raise step
            else:
                yield step

    async def aclose(self) -> None:
        self.closed = True


async def test_all_that_is_at_hand_and_no_more() -> None:
    more = asyncio.Event()
    ahead = ReadAhead(Pieces(b"a", b"", b"b", more, b"c", b"d"))
    assert await ahead.arrived() == b"ab"
    more.set()
    assert await ahead.arrived() == b"cd"
    assert await ahead.arrived() == b""
    assert await ahead.arrived() == b""


async def test_what_came_before_a_failure_comes_first() -> None:
    ahead = ReadAhead(Pieces(b"a", ConnectionResetError("gone")))
    assert await ahead.arrived() == b"a"
    with pytest.raises(ConnectionResetError):
        await ahead.arrived()


async def test_who_gives_up_waiting_may_come_back() -> None:
    more = asyncio.Event()
    ahead = ReadAhead(Pieces(more, b"a"))
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(ahead.arrived(), 0.01)
    more.set()
    assert await ahead.arrived() == b"a"


async def test_it_reads_no_further_ahead_than_it_may() -> None:
    big = b"x" * MOST_BYTES_AHEAD
    body = Pieces(b"a", big, b"b", b"c")
    ahead = ReadAhead(body)
    assert await ahead.arrived() == b"a" + big
    assert await ahead.arrived() == b"bc"
    assert await ahead.arrived() == b""


async def test_closing_ends_the_reading() -> None:
    body = Pieces(b"a", asyncio.Event(), b"b")
    ahead = ReadAhead(body)
    assert await ahead.arrived() == b"a"
    await ahead.aclose()
    assert body.closed
    assert body.read == 2


async def test_closing_before_anything_was_read() -> None:
    body = Pieces(b"a")
    await ReadAhead(body).aclose()
    assert (body.closed, body.read) == (True, 0)


async def test_a_failure_that_nobody_hears_of_is_no_noise() -> None:
    """An unheard exception of a task would be logged, and fail this test, once it is collected."""
    body = Pieces(b"a", ConnectionResetError("gone"))
    ahead = ReadAhead(body)
    assert await ahead.arrived() == b"a"
    await ahead.aclose()
    assert body.closed
