"""Who tokens belong to, kept in the cache folder: the Hub does not like to be asked often.

A token is never kept, only what it hashes to with the file's own salt.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from foretype.backends.whoami import Identity
from foretype.config.private_files import read_small_file, write_private
from foretype.errors import StorageError
from foretype.keys.key import Key

_VERSION = 1
_FILE_NAME = "accounts.json"
_MOST_ROWS = 20
LONG_AGO = datetime.fromtimestamp(0, timezone.utc)


@dataclass(frozen=True)
class Remembered:
    """What the Hub said of a token and when, and until when it wants to be left in peace."""

    identity: Identity | None = None
    asked_at: datetime = LONG_AGO
    not_before: datetime = LONG_AGO

    def is_younger_than(self, age: timedelta, now: datetime) -> bool:
        return self.identity is not None and timedelta(0) <= now - self.asked_at <= age


@dataclass(frozen=True)
class Book:
    """The file's content: its salt, and a row for each token at each Hub."""

    salt: str
    rows: dict[str, Remembered]

    def name_of(self, origin: str, key: Key) -> str:
        said = f"{origin}\n{key.reveal()}".encode("utf-8", "surrogatepass")
        return hmac.new(self.salt.encode(), said, hashlib.sha256).hexdigest()


class Identities:
    """Read whenever it is asked, as other editors' servers write it too; for threads that may wait."""

    def __init__(self, cache_folder: Path | None) -> None:
        self._path = cache_folder / _FILE_NAME if cache_folder else None
        self._book = Book(secrets.token_hex(16), {})

    def of(self, origin: str, key: Key) -> Remembered:
        book = self._read()
        return book.rows.get(book.name_of(origin, key), Remembered())

    def learn(self, origin: str, key: Key, identity: Identity, now: datetime) -> None:
        self._put(origin, key, Remembered(identity, now))

    def wait(self, origin: str, key: Key, until: datetime) -> None:
        """The Hub asked for a pause; what it said before stays known."""
        self._put(origin, key, replace(self.of(origin, key), not_before=until))

    def forget(self, origin: str, key: Key) -> None:
        self._put(origin, key, None)

    def _put(self, origin: str, key: Key, row: Remembered | None) -> None:
        book = self._read()
        rows = {name: kept for name, kept in book.rows.items() if name != book.name_of(origin, key)}
        if row is not None:
            rows[book.name_of(origin, key)] = row
        self._book = Book(book.salt, dict(list(rows.items())[-_MOST_ROWS:]))
        if self._path is not None:
            with suppress(StorageError):
                write_private(self._path, json.dumps(as_json(self._book), indent=1).encode())

    def _read(self) -> Book:
        """The file's book; without a file that can be read, what this process knows."""
        if self._path is not None:
            with suppress(StorageError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
                self._book = from_json(json.loads(read_small_file(self._path)))
        return self._book


def as_json(book: Book) -> dict[str, Any]:
    rows = {
        name: {
            "identity": asdict(row.identity) if row.identity else None,
            "asked_at": row.asked_at.isoformat(),
            "not_before": row.not_before.isoformat(),
        }
        for name, row in book.rows.items()
    }
    return {"version": _VERSION, "salt": book.salt, "tokens": rows}


def from_json(content: dict[str, Any]) -> Book:
    if content["version"] != _VERSION:
        raise ValueError("another version")
    return Book(str(content["salt"]), {name: remembered(row) for name, row in content["tokens"].items()})


def remembered(row: dict[str, Any]) -> Remembered:
    identity = row["identity"]
    return Remembered(
        identity and identity_from(identity),
        datetime.fromisoformat(row["asked_at"]).astimezone(timezone.utc),
        datetime.fromisoformat(row["not_before"]).astimezone(timezone.utc),
    )


def identity_from(row: dict[str, Any]) -> Identity:
    may_call = row["may_call_models"]
    if not (may_call is None or type(may_call) is bool):
        raise ValueError("neither yes nor no")
    return Identity(str(row["user"]), tuple(map(str, row["organisations"])), may_call)
