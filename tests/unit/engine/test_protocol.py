"""Frames, and what both sides count on."""

from __future__ import annotations

import pytest

from foretype.engine.protocol import (
    HEADER,
    MAX_FRAME_BYTES,
    FrameError,
    Part,
    body_length,
    packed,
    unpacked,
)
from foretype.prompt.pieces import Kind


def test_a_message_survives_its_frame() -> None:
    message = {"id": 1, "text": "né\ud800\n"}
    frame = packed(message)
    assert body_length(frame[: HEADER.size]) == len(frame) - HEADER.size
    assert unpacked(frame[HEADER.size :]) == message


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"\xff"])
def test_anything_else_is_no_message(body: bytes) -> None:
    with pytest.raises(FrameError):
        unpacked(body)


def test_a_huge_frame_is_not_waited_for() -> None:
    with pytest.raises(FrameError):
        body_length(HEADER.pack(MAX_FRAME_BYTES + 1))


def test_prompts_and_engine_call_the_pieces_alike() -> None:
    assert {kind.value for kind in Kind} == {
        value for name, value in vars(Part).items() if not name.startswith("_")
    }
