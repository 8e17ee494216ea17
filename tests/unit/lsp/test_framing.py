"""Frames in, bodies out, whatever the cut and whatever stands between them."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from foretype.lsp.framing import FrameDecoder, Malformed, frame

BODY = b'{"jsonrpc":"2.0","id":1,"method":"a"}'


def decode(*chunks: bytes, decoder: FrameDecoder | None = None) -> list[bytes | Malformed]:
    decoder = decoder or FrameDecoder()
    return [found for chunk in chunks for found in decoder.feed(chunk)]


@pytest.mark.parametrize(
    "header",
    [
        "Content-Length: {}\r\n\r\n",
        "content-length: {}\r\n\r\n",
        "CONTENT-LENGTH:{}\r\n\r\n",
        "Content-Length:   {}  \r\n\r\n",
        "Content-Type: application/vscode-jsonrpc; charset=utf8\r\nContent-Length: {}\r\n\r\n",
        "Content-Length: {}\r\nContent-Type: application/vscode-jsonrpc; charset=utf-8\r\n\r\n",
        "X-Other: a: b\r\ncontent-length: {0}\r\nContent-Length: {0}\r\n\r\n",
        "Content-Length: {}\n\n",
        "\r\n\r\nContent-Length: {}\r\n\r\n",
    ],
)
def test_headers_in_any_case_order_and_company(header: str) -> None:
    assert decode(header.format(len(BODY)).encode() + BODY) == [BODY]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"Content-Type: x\r\n\r\n", "without Content-Length"),
        (b"Content-Length: -5\r\n\r\n", "not a number"),
        (b"Content-Length: 5e3\r\n\r\n", "not a number"),
        (b"Content-Length: \r\n\r\n", "not a number"),
        (b"Content-Length: 5\r\nContent-Length: 6\r\n\r\n", "differ"),
        (b"Content-Length: 999999999999\r\n\r\n", "limit"),
        (b"Content-Length: 0\r\n\r\n", "empty"),
        (b"no colon here\r\n\r\n", "is none"),
        (b"x" * 10_000, ""),
        (b"Content-Length: 12\r\n\r\n{}", "shorter"),
        (b"Content-Length: 100000\r\n\r\n{}", "shorter"),
        (b"Content-Length: 3\r\n\r\n" + BODY, ""),
    ],
)
def test_a_bad_frame_costs_only_itself(bad: bytes, reason: str) -> None:
    found = decode(bad + frame(BODY))
    assert found[-1] == BODY
    assert reason in " ".join(item.reason for item in found if isinstance(item, Malformed))


def test_a_header_without_end_is_given_up() -> None:
    assert decode(b"x" * 10_000, frame(BODY)) == [Malformed("a header that does not end"), BODY]


def test_a_length_over_the_limit_reserves_nothing() -> None:
    decoder = FrameDecoder(max_body_bytes=1000)
    found = decode(b"Content-Length: 1001\r\n\r\n" + b"z" * 5000, frame(BODY), decoder=decoder)
    assert found[1:] == [BODY]
    assert decoder.is_at_rest


def test_it_knows_whether_the_input_ended_inside_a_frame() -> None:
    decoder = FrameDecoder()
    whole = frame(BODY)
    for end in range(1, len(whole)):
        decoder = FrameDecoder()
        assert decode(whole[:end], decoder=decoder) == []
        assert not decoder.is_at_rest
    assert decode(whole, decoder=(decoder := FrameDecoder())) == [BODY]
    assert decoder.is_at_rest


bodies = st.lists(
    st.recursive(st.none() | st.text() | st.integers(), lambda inner: st.dictionaries(st.text(), inner)).map(
        lambda value: json.dumps(value, indent=2).encode()
    ),
    min_size=1,
    max_size=5,
)


@given(bodies, st.data())
def test_the_cut_of_the_stream_does_not_matter(sent: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(map(frame, sent))
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=10)) | {0, len(stream)})
    assert decode(*(stream[a:b] for a, b in itertools.pairwise(cuts))) == sent


@st.composite
def broken_frames(draw: st.DrawFn) -> bytes:
    """A frame with a stretch of it replaced, cut out or doubled."""
    whole = frame(draw(st.sampled_from([BODY, b"{}", b'{"a":"' + b"x" * 200 + b'"}'])))
    first = draw(st.integers(0, len(whole)))
    last = draw(st.integers(first, len(whole)))
    middle = draw(st.binary(max_size=4) | st.text("0123456789:\r\n{} ", max_size=6).map(str.encode))
    return whole[:first] + draw(st.sampled_from([middle, whole[first:last] * 2])) + whole[last:]


@settings(max_examples=1000)
@example([b"Content-Length: 2\r", b"A"])
@example([b"Content-Length: 2\r\nA"])
@example([b"Content-Length: 2\r\nX: "])
@given(st.lists(broken_frames() | st.binary(max_size=100), max_size=3))
def test_behind_any_broken_frames_the_next_one_is_found(noise: list[bytes]) -> None:
    assert decode(b"".join(noise), frame(BODY))[-1] == BODY
