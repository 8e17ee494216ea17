"""The file of the usage history: its tables, and every question that is put to it."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from foretype.stats.use import Shown, Taken, Use, day_of

VERSION = 1
PATIENCE_S = 5.0
KEPT_DAYS = 400
BILLED = "hf:%"

SCHEMA = """
CREATE TABLE IF NOT EXISTS uses (
  at REAL NOT NULL, day TEXT NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, role TEXT NOT NULL,
  prompt_tokens INTEGER NOT NULL, completion_tokens INTEGER NOT NULL, is_estimated INTEGER NOT NULL,
  first_word_s REAL, total_s REAL NOT NULL, outcome TEXT NOT NULL, cost_usd REAL);
CREATE INDEX IF NOT EXISTS uses_by_day ON uses (day);
CREATE TABLE IF NOT EXISTS shown (
  at REAL NOT NULL, day TEXT NOT NULL, shown INTEGER NOT NULL, accepted INTEGER NOT NULL,
  rejected INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS shown_by_day ON shown (day);
"""
ADD_USE = "INSERT INTO uses VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
ADD_SHOWN = "INSERT INTO shown VALUES (?, ?, ?, ?, ?)"
TAKEN = """
SELECT day = :day, model, provider, role, sum(prompt_tokens), sum(completion_tokens), sum(cost_usd)
FROM uses WHERE day >= :month AND model LIKE :billed
GROUP BY day = :day, model, provider, role, cost_usd IS NULL
"""


def opened(path: Path) -> sqlite3.Connection:
    """The history, made where there is none; a file that is none of ours is set aside."""
    try:
        return connected(path)
    except sqlite3.DatabaseError as problem:
        if isinstance(problem, sqlite3.OperationalError):
            raise
        path.replace(path.with_suffix(".damaged"))
        for rest in ("-wal", "-shm"):
            with suppress(OSError):
                path.with_name(path.name + rest).unlink()
        return connected(path)


def connected(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Before SQLite makes it, so that it is for the owner alone from its first moment.
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, timeout=PATIENCE_S, isolation_level=None, check_same_thread=False)
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version not in (0, VERSION):
            raise sqlite3.DatabaseError(f"the history has version {version}")
        connection.executescript(SCHEMA)
        connection.execute(f"PRAGMA user_version = {VERSION}")
    except BaseException:
        connection.close()
        raise
    return connection


def add(connection: sqlite3.Connection, entries: Iterable[Use | Shown]) -> None:
    """All of them or none."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        for entry in entries:
            if isinstance(entry, Use):
                connection.execute(ADD_USE, use_row(entry))
            else:
                row = (entry.at, day_of(entry.at), entry.shown, entry.accepted, entry.rejected)
                connection.execute(ADD_SHOWN, row)
        connection.execute("COMMIT")
    except BaseException:
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise


def use_row(use: Use) -> tuple[object, ...]:
    return (
        use.at, day_of(use.at), use.model, use.provider, use.role, use.prompt_tokens, use.completion_tokens,
        int(use.is_estimated), use.first_word_s, use.total_s, use.outcome, use.cost_usd,
    )  # fmt: skip


def taken(connection: sqlite3.Connection, at: float) -> tuple[Taken, ...]:
    """What the day and the month of a moment have taken at Hugging Face, whichever server asked."""
    day = day_of(at)
    values = {"day": day, "month": f"{day[:7]}-01", "billed": BILLED}
    return tuple(Taken(bool(row[0]), *row[1:]) for row in connection.execute(TAKEN, values))


def forget_old(connection: sqlite3.Connection, at: float) -> None:
    oldest = (datetime.fromtimestamp(at).astimezone() - timedelta(days=KEPT_DAYS)).date().isoformat()
    connection.execute("DELETE FROM uses WHERE day < ?", (oldest,))
    connection.execute("DELETE FROM shown WHERE day < ?", (oldest,))


def rows(path: Path, question: str, values: dict[str, Any]) -> list[dict[str, Any]]:
    """The answer to a question, without changing anything; nothing, where there is no history yet."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=PATIENCE_S)) as connection:
        connection.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in connection.execute(question, values)]
        except sqlite3.DatabaseError:
            return []
