"""Server-sent events, read the same whatever way the bytes are cut."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foretype.backends.lines import LineTooLongError
from foretype.backends.sse import ServerSentEvent, ServerSentEvents


def read(*chunks: bytes, max_line_bytes: int = 1 << 20) -> list[ServerSentEvent]:
    events = ServerSentEvents(max_line_bytes)
    return [event for chunk in chunks for event in events.feed(chunk)]


def cut(content: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    return [content[start:end] for start, end in pairwise(edges)]


@pytest.mark.parametrize(
    ("content", "events"),
    [
        (b"data: a\n\n", [("a", "")]),
        (b"data:a\n\n", [("a", "")]),
        (b"data:  a\n\n", [(" a", "")]),
        (b"data: a\r\n\r\ndata: b\r\rdata: c\n\n", [("a", ""), ("b", ""), ("c", "")]),
        (b"data: a\ndata: b\n\n", [("a\nb", "")]),
        (b"data\n\n", [("", "")]),
        (b"data: a\ndata\n\n", [("a\n", "")]),
        (b"event: error\ndata: a\n\ndata: b\n\n", [("a", "error"), ("b", "")]),
        (b"event: lost\n\ndata: b\n\n", [("b", "")]),
        (b": comment\n\n:\n\ndata: a\n\n", [("a", "")]),
        (b"id: 7\nretry: 10\nunknown: x\ndata: a\n\n", [("a", "")]),
        (b"\xef\xbb\xbfdata: a\n\n", [("a", "")]),
        (b"data: \xef\xbb\xbfa\n\n", [("\ufeffa", "")]),
        ("data: a\u2028b\u0085c\x0bd\n\n".encode(), [("a\u2028b\u0085c\x0bd", "")]),
        (b"data: a\n", []),
        (b"data: a", []),
        (b"", []),
        (b"\n\n\n", []),
        (b"data: \xff\n\n", [("\ufffd", "")]),
        (b"Data: a\n\ndatax: b\n\n", []),
    ],
)
def test_as_the_standard_says(content: bytes, events: list[tuple[str, str]]) -> None:
    assert [(event.data, event.name) for event in read(content)] == events
    assert read(*[bytes([byte]) for byte in content]) == read(content)


stream = st.lists(
    st.sampled_from(
        [b"data: ", b"data:", b"event: e", b":", b"\r", b"\n", b"\r\n", b"\n\n", b"{", b" ", b"id", b"\xff",
         "é\u2028😀".encode(), b"\xef\xbb\xbf"]
    ),
    max_size=30,
).map(b"".join)  # fmt: skip


@given(content=stream, places=st.lists(st.integers(0, 1000), max_size=12))
@example(content=b"data: a\r\n\r\ndata: b\n\n", places=[8, 9, 10])
@example(content=b"\xef\xbb\xbfdata: a\n\n", places=[1, 2])
def test_any_cut_gives_the_same_events(content: bytes, places: list[int]) -> None:
    assert read(*cut(content, places)) == read(content)


@given(
    texts=st.lists(st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])), max_size=8)
)
def test_what_is_written_is_read(texts: list[str]) -> None:
    content = "".join(f"data: {text}\n\n" for text in texts).encode()
    assert [event.data for event in read(content)] == texts


def test_an_event_is_dispatched_at_the_carriage_return() -> None:
    assert [event.data for event in read(b"data: a\r\r")] == ["a"]


@pytest.mark.parametrize("content", [b"x" * 101, b"data: " + b"x" * 101, b"data: x\n" * 60])
def test_neither_a_line_nor_an_event_grows_without_bound(content: bytes) -> None:
    with pytest.raises(LineTooLongError):
        read(content, max_line_bytes=100)
    with pytest.raises(LineTooLongError):
        read(*[bytes([byte]) for byte in content], max_line_bytes=100)
