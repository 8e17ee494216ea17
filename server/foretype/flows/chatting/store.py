"""Conversations on disk: one SQLite file for its owner alone, which several servers share.

Every method blocks, and opens a connection of its own: they are called in threads.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, replace
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

from foretype.config.private_files import PRIVATE_FILE, make_private_folder
from foretype.errors import StorageError
from foretype.flows.chatting.turns import Conversation, Listed, Sent, Turn

if TYPE_CHECKING:
    import sqlite3

FILE = "conversations.db"
BUSY_S = 5.0
VERSION = 1
SCHEMA = """
CREATE TABLE IF NOT EXISTS conversation (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, model TEXT NOT NULL, summary TEXT NOT NULL,
    summed_up INTEGER NOT NULL, updated TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS turn (
    conversation TEXT NOT NULL REFERENCES conversation(id) ON DELETE CASCADE, number INTEGER NOT NULL,
    speaker TEXT NOT NULL, text TEXT NOT NULL, prompt TEXT NOT NULL, images TEXT NOT NULL, sent TEXT NOT NULL,
    reasoning TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, finish TEXT NOT NULL,
    prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL,
    PRIMARY KEY (conversation, number)
);
"""
PUT_CONVERSATION = """
INSERT INTO conversation (id, title, model, summary, summed_up, updated) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO NOTHING
"""
TURN = (
    "number, speaker, text, prompt, images, sent, reasoning, model, provider, finish, "
    "prompt_tokens, completion_tokens"
)
PUT_TURN = f"INSERT OR REPLACE INTO turn (conversation, {TURN}) VALUES ({', '.join('?' * 13)})"  # noqa: S608
GET_TURNS = f"SELECT {TURN} FROM turn WHERE conversation = ? ORDER BY number"  # noqa: S608
LIST = """
SELECT id, title, updated, (SELECT count(*) FROM turn WHERE conversation = id) FROM conversation
WHERE ? = '' OR title LIKE ? ESCAPE '\\'
    OR id IN (SELECT conversation FROM turn WHERE text LIKE ? ESCAPE '\\')
ORDER BY updated DESC LIMIT ?
"""


class Store:
    """The file; it is made when there is something to write."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def put(self, conversation: Conversation, turn: Turn) -> Turn:
        """Keep a turn, a new one under the next number that is free; several servers may write at once."""
        with self._writing() as connection:
            row = (conversation.id, conversation.title, conversation.model, "", 0, now())
            connection.execute(PUT_CONVERSATION, row)
            if not turn.number:
                turn = replace(turn, number=next_number(connection, conversation.id))
            connection.execute(PUT_TURN, (conversation.id, *row_of(turn)))
            connection.execute("UPDATE conversation SET updated = ? WHERE id = ?", (now(), conversation.id))
        return turn

    def read(self, id: str) -> Conversation | None:
        if not self._path.exists():
            return None
        with self._connected() as connection:
            query = "SELECT id, title, model, summary, summed_up FROM conversation WHERE id = ?"
            found = connection.execute(query, (id,)).fetchone()
            turns = connection.execute(GET_TURNS, (id,)).fetchall()
        if not found:
            return None
        id, title, model, summary, summed_up = found
        return Conversation(id, title, model, summary, summed_up, tuple(map(turn_of, turns)))

    def list(self, words: str = "", limit: int = 500) -> list[Listed]:
        """The conversations in whose title or text the words stand, the newest first."""
        if not self._path.exists():
            return []
        pattern = "%" + words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        with self._connected() as connection:
            return [Listed(*row) for row in connection.execute(LIST, (words, pattern, pattern, limit))]

    def rename(self, id: str, title: str) -> None:
        self._update(id, "UPDATE conversation SET title = ? WHERE id = ?", title)

    def choose_model(self, id: str, model: str) -> None:
        self._update(id, "UPDATE conversation SET model = ? WHERE id = ?", model)

    def sum_up(self, id: str, summary: str, up_to: int) -> None:
        self._update(id, "UPDATE conversation SET summary = ?, summed_up = ? WHERE id = ?", summary, up_to)

    def delete(self, id: str) -> None:
        self._update(id, "DELETE FROM conversation WHERE id = ?")

    def _update(self, id: str, statement: str, *values: str | int) -> None:
        if self._path.exists():
            with self._writing() as connection:
                connection.execute(statement, (*values, id))

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction that begins with the right to write, so that no two get in each other's way."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.rollback()
                raise
            connection.commit()

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            import sqlite3
        except ImportError as error:
            raise StorageError("conversations are not kept: this Python has no sqlite3") from error
        self._make()
        try:
            with closing(sqlite3.connect(self._path, timeout=BUSY_S, isolation_level=None)) as connection:
                prepare(connection)
                yield connection
        except sqlite3.Error as error:
            raise StorageError(f"{self._path} cannot be used: {error}") from error

    def _make(self) -> None:
        """SQLite gives the files beside it the rights of this one.

        One that is there is not opened here: closing it would take away the locks that other threads hold.
        """
        if self._path.exists():
            return
        make_private_folder(self._path.parent)
        try:
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, PRIVATE_FILE))
        except FileExistsError:
            return
        except OSError as error:
            raise StorageError(f"{self._path} cannot be used: {error.strerror}") from error


def prepare(connection: sqlite3.Connection) -> None:
    """What holds for every connection, and the tables where there are none yet."""
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA secure_delete = ON")
    if connection.execute("PRAGMA user_version").fetchone()[0] < VERSION:
        use_write_ahead_log(connection)
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")


def use_write_ahead_log(connection: sqlite3.Connection) -> None:
    """Whoever changes the mode needs the file alone, and SQLite does not wait for that by itself."""
    give_up_at = time.monotonic() + BUSY_S
    while not is_in_mode(connection, "WAL") and time.monotonic() < give_up_at:
        time.sleep(0.02)


def is_in_mode(connection: sqlite3.Connection, mode: str) -> bool:
    """Whether the change was made; a disk that has no such mode says so without an error."""
    import sqlite3

    try:
        connection.execute(f"PRAGMA journal_mode = {mode}")
    except sqlite3.OperationalError:
        return False
    return True


def next_number(connection: sqlite3.Connection, id: str) -> int:
    query = "SELECT coalesce(max(number), 0) + 1 FROM turn WHERE conversation = ?"
    return int(connection.execute(query, (id,)).fetchone()[0])


def row_of(turn: Turn) -> tuple[Any, ...]:
    sent = json.dumps([asdict(each) for each in turn.sent])
    written = (turn.text, turn.prompt, json.dumps(turn.images), sent, turn.reasoning)
    ended = (turn.model, turn.provider, turn.finish, turn.prompt_tokens, turn.completion_tokens)
    return (turn.number, turn.speaker, *map(storable, written), *ended)


def turn_of(row: tuple[Any, ...]) -> Turn:
    number, speaker, text, prompt, images, sent, reasoning, *ended = row
    model, provider, finish, prompt_tokens, completion_tokens = ended
    return Turn(
        speaker=speaker,
        text=text,
        number=number,
        prompt=prompt,
        images=tuple(json.loads(images)),
        sent=tuple(Sent(**each) for each in json.loads(sent)),
        reasoning=reasoning,
        model=model,
        provider=provider,
        finish=finish,
        prompt_tokens=prompt_tokens,
        completion_tokens=completion_tokens,
    )


def storable(text: str) -> str:
    """Half a surrogate pair is no character, and SQLite refuses it."""
    return text.encode("utf-8", "replace").decode("utf-8")


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds")
