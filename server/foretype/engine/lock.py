"""A lock between processes, which the system releases when its holder dies."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager

LOCK_SUFFIX = ".lock"


@contextmanager
def lock(path: str) -> Iterator[bool]:
    """Whether nobody else holds it; it is tried once, and held until the block ends."""
    import fcntl

    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        is_mine = False
        with contextlib.suppress(BlockingIOError):
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            is_mine = True
        yield is_mine
    finally:
        os.close(descriptor)
