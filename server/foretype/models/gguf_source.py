"""The bytes of a model file, in order: nothing is read that is not there, and little of what is."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Any, BinaryIO, NoReturn

MAX_HEAD_BYTES = 256 << 20
PIECE_BYTES = 1 << 18
LONGEST_TOKEN = 1_000

LENGTH = struct.Struct("<Q").unpack_from


class Broken(Exception):
    """The text says what is wrong with the file, and what to do about it."""


class Source:
    """A place in a file, a piece of it in memory, and how much may still follow."""

    def __init__(self, file: BinaryIO, size_bytes: int) -> None:
        self._file = file
        self.size_bytes = size_bytes
        self._piece = b""
        self._in_piece = 0
        self._piece_at = 0

    @property
    def at(self) -> int:
        return self._piece_at + self._in_piece

    @property
    def left_bytes(self) -> int:
        return min(self.size_bytes, MAX_HEAD_BYTES) - self.at

    def take(self, count: int) -> bytes:
        """The next bytes; the caller has a bound for their number."""
        self._have(count)
        taken = self._piece[self._in_piece : self._in_piece + count]
        self._in_piece += count
        return taken

    def skip(self, count: int) -> None:
        if count > self.left_bytes:
            self._ends()
        if self._in_piece + count <= len(self._piece):
            self._in_piece += count
            return
        self._piece_at = self.at + count
        self._piece, self._in_piece = b"", 0
        self._file.seek(self._piece_at)

    def number(self, letter: str) -> Any:
        size = struct.calcsize(f"<{letter}")
        return struct.unpack(f"<{letter}", self.take(size))[0]

    def string(self, longest: int, what: str) -> str:
        """A short text that has to be one."""
        length = self.number("Q")
        if not 0 < length <= longest:
            self.refuse(f"has {what} of {length} bytes", cure="it is broken: download it again")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError:
            self.refuse(f"has {what} that is no text", cure="it is broken: download it again")

    def string_or_skip(self, longest: int) -> str:
        """A text of any length, kept where it is short."""
        length = self.number("Q")
        if length > longest:
            self.skip(length)
            return ""
        return self.take(length).decode("utf-8", "replace")

    def skip_strings(self, count: int, wanted: Mapping[bytes, str]) -> dict[str, int]:
        """Pass over texts, a hundred thousand perhaps; the first position of each that is wanted."""
        if count * 8 > self.left_bytes:
            self.refuse(f"claims {count} texts", cure="it is broken: download it again")
        found: dict[str, int] = {}
        lengths = frozenset(map(len, wanted))
        done = 0
        while done < count:
            self._have(8)
            piece, at, end = self._piece, self._in_piece, len(self._piece) - 8
            while done < count and at <= end:
                (length,) = LENGTH(piece, at)
                following = at + 8 + length
                if following > end + 8:
                    break
                if length in lengths and (name := wanted.get(piece[at + 8 : following])):
                    found.setdefault(name, done)
                at = following
                done += 1
            self._in_piece = at
            if done < count:
                self._pass_over_one(wanted, found, done)
                done += 1
        return found

    def _pass_over_one(self, wanted: Mapping[bytes, str], found: dict[str, int], position: int) -> None:
        """The text that goes past the piece in memory."""
        length = self.number("Q")
        if length > LONGEST_TOKEN:
            self.skip(length)
        elif name := wanted.get(self.take(length)):
            found.setdefault(name, position)

    def _have(self, count: int) -> None:
        """Read on where the piece in memory does not hold the next bytes."""
        if self._in_piece + count <= len(self._piece):
            return
        if count > self.left_bytes:
            self._ends()
        rest = self._piece[self._in_piece :]
        self._piece_at, self._in_piece = self.at, 0
        self._piece = rest + self._file.read(max(count - len(rest), PIECE_BYTES))
        if len(self._piece) < count:
            self._ends()

    def _ends(self) -> NoReturn:
        if self.size_bytes > MAX_HEAD_BYTES:
            self.refuse(
                f"describes itself in more than {MAX_HEAD_BYTES >> 20} MiB",
                cure="it is broken: download it again",
            )
        self.refuse("ends in the middle of its own description", cure="download it again")

    def refuse(self, what: str, cure: str) -> NoReturn:
        raise Broken(f"{what}; {cure}")
