"""A segment kept in the cache folder: checked when it is read, replaced whole when it is written."""

from __future__ import annotations

import json
import sys
import zlib
from array import array
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from foretype.predictor.segment import Segment, WordList

MAGIC = b"foretype workspace 1\n"
SUFFIX = ".workspace"
MAX_HEADER_BYTES = 64_000_000
_SECTIONS = ("backwards", "gaps", "places", "heads", "file_ends", "word_text", "word_ends")
_OF_NUMBERS = ("places", "heads", "file_ends", "word_ends")


class DamagedFileError(Exception):
    """A file is not a segment, or not a whole one."""


def write(segment: Segment, path: Path) -> None:
    """Put a segment in a file that only the user may read; an older one is replaced whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    import tempfile

    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:
            _write(segment, file)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def read(path: Path) -> Segment | None:
    """The segment in a file, or nothing if there is none that is whole and of this version."""
    try:
        with open(path, "rb") as file:
            return _read(file)
    except (OSError, ValueError, KeyError, TypeError, MemoryError, DamagedFileError):
        return None


def forget(folder: Path) -> int:
    """Delete every segment in a cache folder, and say how many there were."""
    forgotten = 0
    for path in _files(folder):
        with suppress(OSError):
            path.unlink()
            forgotten += path.suffix == SUFFIX
    return forgotten


def _files(folder: Path) -> Iterator[Path]:
    for suffix in (SUFFIX, ".part"):
        yield from folder.glob(f"*{suffix}")


def _write(segment: Segment, file: IO[bytes]) -> None:
    sections = _sections(segment)
    header = {
        "byteorder": sys.byteorder,
        "sections": [[name, len(data), zlib.crc32(data)] for name, data in sections],
        "gap_texts": list(segment.gap_texts),
        "paths": list(segment.paths),
    }
    text = json.dumps(header).encode("ascii")
    file.write(MAGIC + b"%08x%08x" % (len(text), zlib.crc32(text)) + text)
    for _, data in sections:
        file.write(data)


def _sections(segment: Segment) -> list[tuple[str, bytes]]:
    words = segment.words
    assert isinstance(words, WordList)
    parts: dict[str, Any] = {
        "backwards": segment.backwards,
        "gaps": segment.gaps,
        "places": segment.places,
        "heads": segment.heads,
        "file_ends": segment.file_ends,
        "word_text": words.text,
        "word_ends": words.ends,
    }
    return [(name, bytes(memoryview(parts[name]).cast("B"))) for name in _SECTIONS]


def _read(file: IO[bytes]) -> Segment:
    if file.read(len(MAGIC)) != MAGIC:
        raise DamagedFileError
    length, checksum = int(file.read(8), 16), int(file.read(8), 16)
    if length > MAX_HEADER_BYTES:
        raise DamagedFileError
    header = json.loads(_checked(file.read(length), length, checksum))
    if header["byteorder"] != sys.byteorder or [name for name, _, _ in header["sections"]] != list(_SECTIONS):
        raise DamagedFileError
    parts = {name: _section(file, name, size, crc) for name, size, crc in header["sections"]}
    words = WordList(parts.pop("word_text"), parts.pop("word_ends"))
    return Segment(words=words, gap_texts=header["gap_texts"], paths=header["paths"], **parts)


def _section(file: IO[bytes], name: str, size: int, checksum: int) -> Any:
    data = _checked(file.read(size), size, checksum)
    if name not in _OF_NUMBERS:
        return data
    numbers = array("I")
    numbers.frombytes(data)
    return numbers


def _checked(data: bytes, size: int, checksum: int) -> bytes:
    if len(data) != size or zlib.crc32(data) != checksum:
        raise DamagedFileError
    return data
