"""Turns logging on for a process, and off again."""

from __future__ import annotations

import contextlib
import logging
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from foretype.errors import StorageError
from foretype.log.handlers import LINE_FORMAT, StderrHandler
from foretype.log.levels import LEVELS, OWN_LOGGERS, TRACE
from foretype.log.redaction import Redactor

logger = logging.getLogger(__name__)


class Log:
    """The log of a running process: its level, its handlers, and the keys that never enter it."""

    def __init__(self) -> None:
        self.redactor = Redactor()
        self._handlers: list[logging.Handler] = []

    def attach(self, handler: logging.Handler) -> None:
        """Send log lines to one more place."""
        handler.addFilter(self.redactor)
        self._handlers.append(handler)
        logging.getLogger().addHandler(handler)

    def detach(self, handler: logging.Handler) -> None:
        """Stop sending log lines there, and close it."""
        self._handlers.remove(handler)
        logging.getLogger().removeHandler(handler)
        with contextlib.suppress(OSError, ValueError):
            handler.close()

    def set_level(self, name: str) -> None:
        """Other people's libraries are heard from `warning` on, and in full only at `trace`."""
        level = LEVELS[name]
        logging.getLogger(OWN_LOGGERS).setLevel(level)
        logging.getLogger().setLevel(level if level in (TRACE, logging.ERROR) else logging.WARNING)

    def write_to_file(self, path: Path) -> None:
        """Keep a log file as well; a path that cannot be written raises a StorageError that says so."""
        from foretype.log.file_handler import PrivateFileHandler

        try:
            handler = PrivateFileHandler(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it is not a usable path"
            raise StorageError(f"the log file {path} cannot be written: {reason}") from error
        handler.setFormatter(logging.Formatter(LINE_FORMAT))
        self.attach(handler)

    def close(self) -> None:
        for handler in tuple(self._handlers):
            self.detach(handler)


@contextmanager
def logging_on(level: str = "info") -> Iterator[Log]:
    """Log to stderr for as long as the block runs; everything is as before when it ends."""
    log = Log()
    with clean_records(log.redactor), reported_crashes(), quiet_failures(), levels_restored():
        logging.addLevelName(TRACE, "TRACE")
        log.set_level(level)
        if sys.stderr is not None:
            handler = StderrHandler(sys.stderr)
            handler.setFormatter(logging.Formatter(LINE_FORMAT))
            log.attach(handler)
        try:
            yield log
        finally:
            log.close()


@contextmanager
def clean_records(redactor: Redactor) -> Iterator[None]:
    """Clean each record where it is made, so that handlers nobody here knows of get clean ones too."""
    make_record = logging.getLogRecordFactory()

    def make_clean_record(*arguments: Any, **named: Any) -> logging.LogRecord:
        record = make_record(*arguments, **named)
        redactor.filter(record)
        return record

    logging.setLogRecordFactory(make_clean_record)
    try:
        yield
    finally:
        logging.setLogRecordFactory(make_record)


@contextmanager
def reported_crashes() -> Iterator[None]:
    """Exceptions that nobody catches go through the log, and so past the redactor."""
    before = sys.excepthook, threading.excepthook
    sys.excepthook = report_crash
    threading.excepthook = lambda crash: report_crash(
        crash.exc_type, crash.exc_value or crash.exc_type(), crash.exc_traceback
    )
    try:
        yield
    finally:
        sys.excepthook, threading.excepthook = before


def report_crash(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, Exception):
        logger.critical("an error that nothing was ready for", exc_info=(kind, error, trace))


@contextmanager
def quiet_failures() -> Iterator[None]:
    """A handler that fails prints nothing: stderr may be what failed."""
    before = logging.raiseExceptions
    logging.raiseExceptions = False
    try:
        yield
    finally:
        logging.raiseExceptions = before


@contextmanager
def levels_restored() -> Iterator[None]:
    loggers = logging.getLogger(), logging.getLogger(OWN_LOGGERS)
    before = [each.level for each in loggers]
    try:
        yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)
