"""What both sides of the engine's socket know: frames, and the names of what stands in them.

The engine and its clients share this module and nothing else; it imports nothing of Foretype.
"""

from __future__ import annotations

import json
import struct
from dataclasses import asdict, dataclass
from typing import Any

PROTOCOL = 3
HEADER = struct.Struct(">I")
MAX_FRAME_BYTES = 64 * 1024 * 1024

Message = dict[str, Any]


class FrameError(Exception):
    """Bytes that are no frame: the connection cannot be used any more."""


class Fault:
    """Why something cannot be done, as one word on the wire."""

    FILE = "file"
    MEMORY = "memory"
    TOO_LONG = "too long"
    NO_WORD = "no word"
    MISSING = "missing"
    BUSY = "busy"
    FAILED = "failed"
    REQUEST = "request"


class EngineFault(Exception):
    """A request that could not be done, inside the engine; it crosses the socket as a word and a sentence."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(message)
        self.kind = kind


class Lane:
    """What a text is written for; each has a cache of its own, and the first comes before the others."""

    COMPLETE = "complete"
    CHAT = "chat"


class End:
    """How a text ended."""

    STOP = "stop"
    LENGTH = "length"
    CANCELLED = "cancelled"


class Part:
    """What a piece of a prompt is, and so how it becomes tokens and what may be cut from it."""

    CONTROL = "control"
    RAW = "raw"
    TEXT = "text"
    PREFIX = "prefix"
    SUFFIX = "suffix"


@dataclass(frozen=True)
class LoadOptions:
    """How a model is loaded; `gpu_layers` None is as many as fit, `threads` 0 leaves a core to the editor.

    A careful load goes without the GPU and without the processor's special units.
    """

    context: int = 8192
    batch: int = 512
    threads: int = 0
    gpu_layers: int | None = None
    idle_s: float = 600.0
    memory_mb: int = 0
    max_models: int = 2
    is_careful: bool = False

    def as_message(self) -> Message:
        return asdict(self)


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen: the likeliest at temperature 0, else by lot among the likely ones."""

    temperature: float = 0.0
    top_p: float = 1.0
    seed: int = 0

    def as_message(self) -> Message:
        return asdict(self)


def packed(message: Message) -> bytes:
    body = json.dumps(message, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    return HEADER.pack(len(body)) + body


def body_length(header: bytes) -> int:
    (length,) = HEADER.unpack(header)
    if length > MAX_FRAME_BYTES:
        raise FrameError(f"a frame of {length} bytes")
    return int(length)


def unpacked(body: bytes) -> Message:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise FrameError("a frame that is no JSON") from error
    if not isinstance(message, dict):
        raise FrameError("a frame that is no message")
    return message
