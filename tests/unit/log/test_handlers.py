"""Logging never breaks, blocks or outlives the program it serves."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from foretype.errors import StorageError
from foretype.keys.key import Key
from foretype.log.file_handler import PrivateFileHandler
from foretype.log.handlers import StderrHandler
from foretype.log.start import logging_on

logger = logging.getLogger("foretype.test")


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_log_files_are_private_whatever_the_umask(tmp_path: Path, open_umask: None) -> None:
    path = tmp_path / "foretype.log"
    path.touch(0o666)
    handler = PrivateFileHandler(path, bytes_per_file=200)
    for number in range(200):
        handler.handle(logging.makeLogRecord({"msg": f"line {number}"}))
    handler.close()
    files = sorted(tmp_path.iterdir())
    assert len(files) == 4
    assert {mode_of(file) for file in files} == {0o600}
    assert all(file.stat().st_size <= 200 for file in files)
    assert "line 199" in path.read_text(encoding="utf-8")


def test_a_device_keeps_its_mode() -> None:
    before = mode_of(Path(os.devnull))
    PrivateFileHandler(Path(os.devnull)).close()
    assert mode_of(Path(os.devnull)) == before


@pytest.mark.parametrize("name", ["missing/x.log", "x" * 5000, "a\0b", "", "pipe"])
def test_a_log_file_that_cannot_be_written_is_told(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    with logging_on() as log, pytest.raises(StorageError, match="cannot be written"):
        log.write_to_file(tmp_path / name)


def test_text_that_is_no_text_can_be_logged(tmp_path: Path) -> None:
    with logging_on() as log:
        log.write_to_file(tmp_path / "x.log")
        logger.info("é \udcff \U0001f600 end")
    assert "end" in (tmp_path / "x.log").read_text(encoding="utf-8")


class Failing:
    """A stderr on a full disk, or one that nobody holds open."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def fileno(self) -> int:
        raise ValueError("no such stream")

    def write(self, text: str) -> int:
        raise self.error

    flush = close = fileno


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "disk full"),
        BrokenPipeError(),
        ValueError("closed"),
        RecursionError(),
        MemoryError(),
    ],
)
def test_a_failing_stderr_loses_the_line_and_nothing_else(
    error: Exception, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stderr", Failing(error))
    with logging_on():
        logger.error("lost")
    monkeypatch.undo()
    assert capsys.readouterr() == ("", "")


def test_a_handler_of_somebody_else_that_fails_prints_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_on() as log:
        handler = logging.StreamHandler(Failing(BrokenPipeError()))
        log.attach(handler)
        logger.error("to be seen on stderr once")
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("to be seen") == 1
    assert "Traceback" not in err


def test_no_stderr_at_all_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    with logging_on():
        logger.error("lost")


def test_a_stderr_that_nobody_reads_holds_nothing_up() -> None:
    reader, writer = os.pipe()
    with contextlib.suppress(BrokenPipeError), open(writer, "w", encoding="utf-8") as stream:
        handler = StderrHandler(stream)
        for _ in range(2000):
            handler.handle(logging.makeLogRecord({"msg": "x" * 1000}))
        unread = os.read(reader, 10_000_000)
        os.close(reader)
        handler.handle(logging.makeLogRecord({"msg": "after the reader left"}))
    assert 0 < len(unread) < 2000 * 1000


def test_levels_are_named_as_in_the_settings(capsys: pytest.CaptureFixture[str]) -> None:
    with logging_on("info") as log:
        logger.debug("not yet")
        logging.getLogger("httpx").info("not ours")
        log.set_level("trace")
        logger.log(5, "traced")
        logging.getLogger("httpx").debug("in full")
        log.set_level("error")
        logger.warning("no more")
    err = capsys.readouterr().err
    assert "TRACE" in err
    assert all(seen in err for seen in ("traced", "in full"))
    assert not any(unseen in err for unseen in ("not yet", "not ours", "no more"))


def test_everything_is_as_before_when_the_block_ends() -> None:
    def state() -> tuple[object, ...]:
        root, own = logging.getLogger(), logging.getLogger("foretype")
        hooks = (sys.excepthook, threading.excepthook, logging.getLogRecordFactory())
        return (*hooks, root.level, own.level, tuple(root.handlers), logging.raiseExceptions)

    before = state()
    with logging_on("trace") as log:
        log.attach(logging.NullHandler())
        assert state() != before
    assert state() == before


CRASH = """
import sys, threading
from foretype.keys.key import Key
from foretype.log.start import logging_on
canary = "hf_" + "Canary" * 4
with logging_on() as log:
    log.redactor.know(Key(canary))
    def fail():
        raise ValueError("thread " + canary)
    thread = threading.Thread(target=fail); thread.start(); thread.join()
    def crash():
        raise RuntimeError("main " + canary)
    try:
        crash()
    except RuntimeError:
        sys.excepthook(*sys.exc_info())
"""


def test_a_crash_is_reported_without_the_key() -> None:
    ran = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, text=True, check=True)
    assert ran.stdout == ""
    assert ran.stderr.count("an error that nothing was ready for") == 2
    assert "main ***" in ran.stderr
    assert "thread ***" in ran.stderr
    assert "CanaryCanary" not in ran.stderr


def test_the_redactor_stands_before_the_log_file(tmp_path: Path) -> None:
    with logging_on() as log:
        log.redactor.know(Key("hf_canary_token"))
        log.write_to_file(tmp_path / "x.log")
        logger.info("with %s", "hf_canary_token")
    assert "with ***" in (tmp_path / "x.log").read_text(encoding="utf-8")


def test_what_is_not_needed_is_not_imported() -> None:
    code = "import sys, foretype.log.start; print('logging.handlers' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "False"
