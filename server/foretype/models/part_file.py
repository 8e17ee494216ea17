"""A download on its way: the bytes so far, under the name of what they are to become, held by one process."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from foretype.config.private_files import make_private_folder, read_small_file, write_private
from foretype.errors import DownloadError, StorageError

FOLDER = ".partial"
PIECE_BYTES = 1 << 20


@dataclass(frozen=True)
class PartFile:
    """What has arrived of the file with this checksum, in whichever run."""

    folder: Path
    sha256: str

    @property
    def path(self) -> Path:
        return self.folder / f"{self.sha256}.part"

    @property
    def _etag_file(self) -> Path:
        return self.folder / f"{self.sha256}.etag"

    @property
    def _lock_file(self) -> Path:
        return self.folder / f"{self.sha256}.lock"

    @contextmanager
    def held(self) -> Iterator[None]:
        """While nobody else downloads it; a process that ends lets go, however it ends."""
        make_private_folder(self.folder)
        with opened(self._lock_file) as descriptor:
            if not lock(descriptor) or not is_still_there(descriptor, self._lock_file):
                raise DownloadError(
                    "Another Foretype is downloading this model: wait for it, or end the editor that does."
                )
            yield

    @contextmanager
    def opened(self) -> Iterator[Arrived]:
        with opened(self.path) as descriptor:
            yield Arrived(descriptor)

    def etag(self) -> str:
        """What the server called the version that the bytes are of."""
        try:
            return read_small_file(self._etag_file).decode("ascii", "replace")
        except StorageError:
            return ""

    def remember_etag(self, etag: str) -> None:
        with contextlib.suppress(StorageError):
            write_private(self._etag_file, etag.encode("ascii", "replace"))

    def become(self, target: Path) -> None:
        """Stand under its final name, all at once; a link that was put there is replaced, not followed."""
        make_private_folder(target.parent)
        self.path.replace(target)
        if os.name == "posix":
            descriptor = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        self.remove()

    def remove(self) -> None:
        for path in (self.path, self._etag_file, self._lock_file):
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)


class Arrived:
    """The bytes that are there, and the checksum so far."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._hash = hashlib.sha256()
        self.count = 0

    def take_stock(self, most: int) -> None:
        """Read what an earlier run left; more than the file can have is nothing."""
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        while piece := os.read(self._descriptor, PIECE_BYTES):
            self._hash.update(piece)
            self.count += len(piece)
            if self.count > most:
                self.start_over()
                return

    def start_over(self) -> None:
        os.ftruncate(self._descriptor, 0)
        os.lseek(self._descriptor, 0, os.SEEK_SET)
        self._hash, self.count = hashlib.sha256(), 0

    def add(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest:
            written = os.write(self._descriptor, rest)
            self._hash.update(rest[:written])
            self.count += written
            rest = rest[written:]

    def is_what_it_should_be(self, sha256: str) -> bool:
        os.fsync(self._descriptor)
        return self._hash.hexdigest() == sha256


@contextmanager
def opened(path: Path) -> Iterator[int]:
    """A private file to read and write; a link in its place is not followed."""
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    descriptor = os.open(path, flags | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def lock(descriptor: int) -> bool:
    """Whether the lock is ours now; the system takes it back when we close the file or end."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def is_still_there(descriptor: int, path: Path) -> bool:
    """Whether the file that is locked is the one that the next one would lock; who finishes removes it."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False


def half_downloads(folder: Path) -> Iterator[Path]:
    """What was begun and not finished."""
    with contextlib.suppress(OSError):
        yield from sorted((folder / FOLDER).glob("*.part"))
