"""Undoes a content encoding piece by piece, never making more bytes than the cap allows."""

from __future__ import annotations

import zlib
from collections.abc import Callable

from foretype.backends.answer import NotAnAnswerError

_GZIP_OR_ZLIB = 32 + zlib.MAX_WBITS

Unpack = Callable[[bytes], bytes]


def unpacker(content_encoding: str, max_bytes: int) -> Unpack:
    """The function that turns the bytes on the wire into the bytes of the answer."""
    encoding = content_encoding.strip().lower()
    if encoding in ("", "identity"):
        return lambda chunk: chunk
    if encoding in ("gzip", "x-gzip", "deflate"):
        return _bounded_inflate(max_bytes)
    raise NotAnAnswerError("the answer came in an encoding that was not asked for")


def _bounded_inflate(max_bytes: int) -> Unpack:
    inflater = zlib.decompressobj(_GZIP_OR_ZLIB)
    left = max_bytes

    def unpack(chunk: bytes) -> bytes:
        nonlocal left
        try:
            text = inflater.decompress(chunk, left + 1)
        except zlib.error as error:
            raise NotAnAnswerError("the answer's compression is broken") from error
        left -= len(text)
        if left < 0:
            raise NotAnAnswerError(f"the answer unpacks to more than {max_bytes} bytes")
        return text

    return unpack
