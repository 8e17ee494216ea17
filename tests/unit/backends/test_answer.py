"""Payloads out of bytes, in the framing that was sent."""

from __future__ import annotations

import json
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.backends.answer import (
    AnswerReader,
    BrokenPieceError,
    Framing,
    NotAnAnswerError,
    Payload,
    framing_of,
)

json_object = st.dictionaries(
    st.text(max_size=5), st.one_of(st.text(max_size=9), st.integers(), st.none()), max_size=3
)


def read(reader: AnswerReader, content: bytes, places: list[int]) -> list[Payload]:
    edges = [0, *sorted(place % (len(content) + 1) for place in places), len(content)]
    payloads = [payload for start, end in pairwise(edges) for payload in reader.feed(content[start:end])]
    return payloads + reader.end()


@given(payloads=st.lists(json_object, max_size=5), places=st.lists(st.integers(0, 999), max_size=8))
@pytest.mark.parametrize("framing", list(Framing))
def test_any_cut_of_any_framing(framing: Framing, payloads: list[Payload], places: list[int]) -> None:
    texts = [json.dumps(payload, ensure_ascii=False) for payload in payloads]
    if framing is Framing.EVENTS:
        content = "".join(f"data: {text}\n\n" for text in texts)
    elif framing is Framing.LINES:
        content = "\n".join(texts)
    else:
        texts, payloads = texts[:1], payloads[:1]
        content = "".join(json.dumps(payload, indent=2, ensure_ascii=False) for payload in payloads)
    reader = AnswerReader(framing.value, framing, 1 << 20)
    assert read(reader, content.encode(), places) == payloads


@pytest.mark.parametrize(
    ("content_type", "first_byte", "asked", "found"),
    [
        ("text/event-stream", b"d", Framing.EVENTS, Framing.EVENTS),
        ("text/event-stream", b"{", Framing.EVENTS, Framing.WHOLE),
        ("application/json", b"{", Framing.EVENTS, Framing.WHOLE),
        ("application/json", b"d", Framing.EVENTS, Framing.EVENTS),
        ("application/json", b"{", Framing.LINES, Framing.WHOLE),
        ("application/x-ndjson", b"{", Framing.EVENTS, Framing.LINES),
        ("text/plain", b"{", Framing.LINES, Framing.LINES),
        ("", b"{", Framing.EVENTS, Framing.WHOLE),
        ("", b":", Framing.LINES, Framing.EVENTS),
    ],
)
def test_the_framing_is_what_was_sent(
    content_type: str, first_byte: bytes, asked: Framing, found: Framing
) -> None:
    assert framing_of(content_type, first_byte, asked) is found


def test_a_page_is_no_answer() -> None:
    with pytest.raises(NotAnAnswerError):
        AnswerReader("application/json", Framing.EVENTS, 1000).feed(b" \r\n<html>")


def test_lines_under_the_name_of_a_document() -> None:
    reader = AnswerReader("application/json", Framing.LINES, 1000)
    assert read(reader, b'{"a":1}\n{"a":2}\n', []) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize(
    "text", [b"data: {\n\n", b"data: 1\n\n", b"data: [1, 2]\n\n", b"data: " + b"[" * 5000 + b"\n\n"]
)
def test_a_broken_piece_is_told_apart(text: bytes) -> None:
    """And what came before it in the same bytes is not lost with it."""
    reader = AnswerReader("text/event-stream", Framing.EVENTS, 1 << 20)
    assert reader.feed(b'data: {"a":1}\n\n' + text + b"data: [DONE]\n\n") == [{"a": 1}]
    assert isinstance(reader.broken, BrokenPieceError)
    assert not reader.ended


def test_a_line_that_is_broken_ends_the_lines() -> None:
    reader = AnswerReader("application/x-ndjson", Framing.LINES, 1000)
    assert reader.feed(b'{"a":1}\n{"a"\n{"a":2}\n') == [{"a": 1}]
    assert isinstance(reader.broken, BrokenPieceError)


def test_nothing_is_read_after_the_end_mark() -> None:
    reader = AnswerReader("text/event-stream", Framing.EVENTS, 1000)
    assert reader.feed(b'data: {"a":1}\n\ndata: [DONE]\n\ndata: {"a":2}\n\n') == [{"a": 1}]
    assert reader.ended
