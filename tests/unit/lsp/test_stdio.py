"""The two ends of the pipe: in order, bounded, and honest about their end."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretype.lsp.stdio import ByteSink, ByteSource


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    read_end, write_end = os.pipe()
    yield read_end, write_end
    for end in (read_end, write_end):
        with contextlib.suppress(OSError):
            os.close(end)


async def test_a_source_reads_when_asked_and_ends_with_nothing(pipe: tuple[int, int]) -> None:
    source = ByteSource(pipe[0])
    os.write(pipe[1], b"one")
    assert await source.read() == b"one"
    os.write(pipe[1], b"two")
    os.close(pipe[1])
    assert await source.read() == b"two"
    assert await source.read() == b""
    assert await source.read() == b""


async def test_a_read_that_is_given_up_harms_no_later_one(pipe: tuple[int, int]) -> None:
    source = ByteSource(pipe[0])
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(source.read(), 0.01)
    os.write(pipe[1], b"x")
    os.close(pipe[1])
    assert await source.read() == b"x"
    assert await source.read() == b""


async def test_a_file_is_read_like_a_pipe(tmp_path: Path) -> None:
    path = tmp_path / "messages"
    path.write_bytes(b"one")
    with path.open("rb") as file:
        source = ByteSource(file.fileno())
        assert [await source.read(), await source.read(), await source.read()] == [b"one", b"", b""]


async def test_a_sink_writes_in_order_and_says_how_much_waits(pipe: tuple[int, int]) -> None:
    sink = ByteSink(pipe[1], lambda: pytest.fail("broken"))
    sent = [bytes([number % 256]) * 50_000 for number in range(20)]
    for data in sent:
        sink.write(data)
    assert sink.waiting_bytes > 500_000
    received = b""
    while len(received) < 1_000_000:
        received += await asyncio.to_thread(os.read, pipe[0], 65536)
    assert received == b"".join(sent)
    await sink.wait_until_at_most(0)
    assert sink.waiting_bytes == 0


async def test_a_short_message_is_written_at_once(pipe: tuple[int, int]) -> None:
    sink = ByteSink(pipe[1], lambda: pytest.fail("broken"))
    sink.write(b"one")
    sink.write(b"two")
    assert sink.waiting_bytes == 0
    assert os.read(pipe[0], 100) == b"onetwo"


async def test_a_short_message_waits_behind_a_long_one_and_for_a_reader(pipe: tuple[int, int]) -> None:
    sink = ByteSink(pipe[1], lambda: pytest.fail("broken"))
    sink.write(b"a" * 1_000_000)
    sink.write(b"b")
    assert sink.waiting_bytes > 0
    received = b""
    while len(received) < 1_000_001:
        received += await asyncio.to_thread(os.read, pipe[0], 65536)
    assert received == b"a" * 1_000_000 + b"b"
    await sink.wait_until_at_most(0)


async def test_a_sink_whose_reader_is_gone_says_so_once_and_takes_no_more(pipe: tuple[int, int]) -> None:
    broken = asyncio.Event()
    sink = ByteSink(pipe[1], broken.set)
    os.close(pipe[0])
    sink.write(b"x" * 100)
    await asyncio.wait_for(broken.wait(), 5)
    before = sink.waiting_bytes
    sink.write(b"y" * 1000)
    assert sink.waiting_bytes == before
    await asyncio.wait_for(sink.wait_until_at_most(0), 5)
