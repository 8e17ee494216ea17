"""The key of `foretype serve`: made at random once, and kept where only its owner can read it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from foretype.config.private_files import read_small_file, write_private
from foretype.errors import KeyFormatError, StorageError
from foretype.keys.key import Key, parse_key

PREFIX = "ft-"
RANDOM_BYTES = 32


@dataclass(frozen=True)
class ServeKey:
    """`is_new` is true for the one time that it may be shown."""

    key: Key
    path: Path
    is_new: bool


def serve_key(path: Path, *, afresh: bool = False) -> ServeKey:
    if not afresh and path.exists():
        try:
            return ServeKey(parse_key(read_small_file(path).decode("ascii")), path, is_new=False)
        except (UnicodeDecodeError, KeyFormatError) as problem:
            raise StorageError(f"{path} holds no key: remove it, and a new one is made.") from problem
    key = Key(PREFIX + secrets.token_urlsafe(RANDOM_BYTES))
    write_private(path, key.reveal().encode())
    return ServeKey(key, path, is_new=True)
