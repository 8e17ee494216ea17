"""The usage history: written beside everything else, whatever the disk does."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from foretype.stats import database
from foretype.stats.history import History
from foretype.stats.summary import quantile, summary_of
from foretype.stats.use import ANSWERED, LEFT, Shown, Use

NOW = 1_780_000_000.0
USE = Use(NOW, "hf:a/b", "groq", "chat", 100, 20, False, 0.2, 1.0, ANSWERED, 0.01)


def filled(path: Path, *entries: Use | Shown) -> History:
    history = History(path, clock=lambda: NOW)
    history.start()
    for entry in entries:
        history.add(entry)
    history.close()
    return history


def uses_in(path: Path) -> int:
    return len(database.rows(path, "SELECT * FROM uses", {}))


def tokens_of(history: History) -> int:
    """What today has taken."""
    return sum(taken.tokens for taken in history.taken() if taken.is_today)


def test_what_is_added_is_there_in_sums(tmp_path: Path) -> None:
    path = tmp_path / "state" / "usage.sqlite3"
    slow = replace(USE, first_word_s=0.9, outcome="UnavailableError", cost_usd=None)
    filled(path, USE, slow, replace(USE, role="edit", outcome=LEFT), Shown(NOW, 5, 2, 1))
    summary = summary_of(path, 7, NOW)
    (chat,) = [row for row in summary.models if row["role"] == "chat"]
    assert (chat["requests"], chat["answered"], chat["failed"]) == (2, 1, 1)
    assert (chat["prompt_tokens"], chat["completion_tokens"], chat["cost_usd"]) == (200, 40, 0.01)
    assert (chat["first_word_p50_s"], chat["first_word_p95_s"]) == (0.2, 0.9)
    assert {row["role"] for row in summary.days} == {"chat", "edit"}
    assert summary.suggestions == {"shown": 5, "accepted": 2, "rejected": 1}
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_spent_is_known_before_it_is_written_and_after_a_restart(tmp_path: Path) -> None:
    history = History(tmp_path / "h", clock=lambda: NOW)
    # A server of the user's own costs nothing there, and what is long ago does not count any more.
    for use in (USE, replace(USE, model="lab:x"), replace(USE, at=NOW - 86_400 * 40)):
        history.add(use)
    known = history.taken()
    assert tokens_of(history) == 120
    history.close()
    assert history.taken() == filled(tmp_path / "h").taken() == known


def test_a_new_day_begins_with_nothing_spent(tmp_path: Path) -> None:
    now = [NOW]
    history = History(None, clock=lambda: now[0])
    history.add(USE)
    now[0] += 2 * 86_400
    assert tokens_of(history) == 0


WRITES_MANY = """
import sys, time
from pathlib import Path
from foretype.stats.history import History
from foretype.stats.use import Use
history = History(Path(sys.argv[1]))
history.start()
for _ in range(200):
    history.add(Use(time.time(), "hf:a/b", "groq", "chat", 1, 1, False, 0.1, 0.1, "answered", None))
history.close()
"""


def test_two_servers_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    command = [sys.executable, "-c", WRITES_MANY, str(path)]
    servers = [subprocess.Popen(command) for _ in range(2)]
    assert [server.wait(60) for server in servers] == [0, 0]
    assert uses_in(path) == 400


def test_a_server_that_died_while_it_wrote_leaves_a_history_that_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "h"
    filled(path, USE)
    with closing(database.opened(path)) as dying:
        dying.execute("BEGIN IMMEDIATE")
        dying.execute(database.ADD_USE, database.use_row(USE))
    filled(path, USE)
    assert uses_in(path) == 2


WRITES_UNTIL_KILLED = """
import sys, time
from pathlib import Path
from foretype.stats.history import History
from foretype.stats.use import Use
history = History(Path(sys.argv[1]))
history.start()
while True:
    for _ in range(50):
        history.add(Use(time.time(), "hf:a/b", "groq", "chat", 1, 1, False, 0.1, 0.1, "answered", None))
    time.sleep(0.001)
"""


def test_a_server_that_is_killed_while_it_writes_loses_nothing_that_was_written(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    with subprocess.Popen([sys.executable, "-c", WRITES_UNTIL_KILLED, str(path)]) as server:
        deadline = time.monotonic() + 60
        while uses_in(path) < 500 and time.monotonic() < deadline:
            time.sleep(0.01)
        before = uses_in(path)
        server.kill()
    assert before >= 500
    filled(path, USE)
    assert uses_in(path) > before
    assert database.rows(path, "PRAGMA integrity_check", {}) == [{"integrity_check": "ok"}]


WRITES_ON_A_FULL_DISK = """
import resource, sys, time
from pathlib import Path
from foretype.stats.history import History
from foretype.stats.use import Use

def add(count):
    for _ in range(count):
        history.add(Use(time.time(), "hf:a/b", "groq", "chat", 1, 1, False, 0.1, 0.1, "answered", None))

def wait_until(condition):
    deadline = time.monotonic() + 30
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.01)

history = History(Path(sys.argv[1]))
history.start()
add(10)
wait_until(lambda: not history._unwritten)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, most))
add(3000)
wait_until(lambda: history._is_failing)
print("failing" if history._is_failing else "writing", sum(each.tokens for each in history.taken()))
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
add(1)
history.close()
print("failing" if history._is_failing else "writing", sum(each.tokens for each in history.taken()))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no limit on the size of a file to fill")
def test_a_disk_that_is_full_for_a_while_costs_nothing_that_was_asked(tmp_path: Path) -> None:
    """The process may write no file longer than this, as on a disk with no more room."""
    path = tmp_path / "usage.sqlite3"
    command = [sys.executable, "-c", WRITES_ON_A_FULL_DISK, str(path)]
    server = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert server.stdout.splitlines() == ["failing 6020", "writing 6022"]
    assert server.stderr.count("the usage history is not written") == 1
    assert uses_in(path) == 3011
    assert database.rows(path, "PRAGMA integrity_check", {}) == [{"integrity_check": "ok"}]


def test_a_file_that_is_no_history_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "usage.sqlite3"
    path.write_bytes(b"not a database, " * 100)
    filled(path, USE)
    assert uses_in(path) == 1
    assert (tmp_path / "usage.damaged").exists()


@pytest.mark.parametrize(
    "problem", [sqlite3.OperationalError("database or disk is full"), OSError("no space")]
)
def test_a_full_disk_fails_nothing_and_is_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, problem: Exception
) -> None:
    def fail(*_: object) -> None:
        raise problem

    monkeypatch.setattr("foretype.stats.database.add", fail)
    monkeypatch.setattr("foretype.stats.history.GATHERED_FOR_S", 0.0)
    history = History(tmp_path / "h", clock=lambda: NOW)
    history.start()
    for _ in range(3):
        history.add(USE)
    history.close()
    assert tokens_of(history) == 360
    assert [m for m in caplog.messages if "is not written" in m] == [caplog.messages[0]]


def test_without_a_history_there_is_nothing_to_tell(tmp_path: Path) -> None:
    for path in (None, tmp_path / "none"):
        summary = summary_of(path, 30, NOW)
        assert (summary.models, summary.days) == ((), ())
    assert quantile([], 0.5) is None
