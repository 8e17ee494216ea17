"""Files and folders that only their owner can read, on disks that may be read-only, full or missing."""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

from foretype.errors import StorageError

PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
SMALL_FILE_BYTES = 1_000_000


def make_private_folder(folder: Path) -> None:
    """Make a folder, and what is missing above it, for the owner alone whatever the umask says."""
    try:
        missing = [folder, *folder.parents]
        missing = missing[: next((i for i, each in enumerate(missing) if each.is_dir()), len(missing))]
        for each in reversed(missing):
            with contextlib.suppress(FileExistsError):
                each.mkdir(mode=PRIVATE_FOLDER)
        if not os.access(folder, os.W_OK | os.X_OK) or not folder.is_dir():
            raise PermissionError("it is not a folder that can be written to")
    except (OSError, ValueError) as error:
        raise StorageError(f"{folder} cannot be used: {reason_of(error)}") from error


def write_private(path: Path, content: bytes) -> None:
    """Write a file for the owner alone: under its name stands the old content or the new, never half."""
    import tempfile

    make_private_folder(path.parent)
    half_written = None
    try:
        # mkstemp makes its file 0600, and gives it a name that nobody could have prepared.
        descriptor, half_written = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
        with open(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        Path(half_written).replace(path)
    except (OSError, ValueError) as error:
        if half_written:
            with contextlib.suppress(OSError):
                Path(half_written).unlink()
        raise StorageError(f"{path} cannot be written: {reason_of(error)}") from error


def read_small_file(path: Path) -> bytes:
    """The content of an ordinary file of a sane size; a pipe or a device is never opened."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise StorageError(f"{path} is not a file")
        with path.open("rb") as file:
            content = file.read(SMALL_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise StorageError(f"{path} cannot be read: {reason_of(error)}") from error
    if len(content) > SMALL_FILE_BYTES:
        raise StorageError(
            f"{path} is larger than {SMALL_FILE_BYTES} bytes, too large to be what it should be"
        )
    return content


def reason_of(error: Exception) -> str:
    """What the system said, without the path that it repeats."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
