"""Content encodings, undone within bounds."""

from __future__ import annotations

import gzip
import tracemalloc
import zlib

import pytest

from foretype.backends.answer import NotAnAnswerError
from foretype.backends.unpacking import unpacker

TEXT = b"data: something\n\n" * 100


@pytest.mark.parametrize(
    ("encoding", "packed"),
    [
        ("", TEXT), ("identity", TEXT), ("gzip", gzip.compress(TEXT)), ("GZIP", gzip.compress(TEXT)),
        ("x-gzip", gzip.compress(TEXT)), ("deflate", zlib.compress(TEXT)),
    ],
)  # fmt: skip
def test_any_cut_of_any_encoding_we_read(encoding: str, packed: bytes) -> None:
    unpack = unpacker(encoding, len(TEXT))
    assert b"".join(unpack(bytes([byte])) for byte in packed) == TEXT


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip"])
def test_an_encoding_that_we_do_not_read(encoding: str) -> None:
    with pytest.raises(NotAnAnswerError):
        unpacker(encoding, 1000)


def test_what_is_not_packed_as_it_says() -> None:
    with pytest.raises(NotAnAnswerError):
        unpacker("gzip", 1000)(b"data: plain text")


def test_a_bomb_is_refused_before_it_goes_off() -> None:
    bomb = gzip.compress(b" " * (256 << 20), compresslevel=1)
    unpack = unpacker("gzip", 1 << 20)
    tracemalloc.start()
    with pytest.raises(NotAnAnswerError):
        unpack(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 << 20
