"""What the user reads of the server: a message once per cause, and the log."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from enum import IntEnum

from foretype.lsp.rpc import Connection

AGAIN_AFTER_S = 300.0


class Severity(IntEnum):
    """LSP's MessageType."""

    ERROR = 1
    WARNING = 2
    INFO = 3
    LOG = 4


class Window:
    """Shows messages, each cause at most once in five minutes."""

    def __init__(self, connection: Connection, clock: Callable[[], float] = time.monotonic) -> None:
        self._connection = connection
        self._clock = clock
        self._told_at: dict[str, float] = {}

    def tell(self, cause: str, sentence: str, severity: Severity = Severity.WARNING) -> None:
        now = self._clock()
        if now - self._told_at.get(cause, -AGAIN_AFTER_S) < AGAIN_AFTER_S:
            return
        self._told_at[cause] = now
        params = {"type": int(severity), "message": f"Foretype: {sentence}"}
        self._connection.notify("window/showMessage", params, is_droppable=True)


class WindowLog(logging.Handler):
    """Sends log lines to the client's log, from whichever thread they come; tracebacks stay on this side."""

    def __init__(self, connection: Connection) -> None:
        super().__init__()
        self._connection = connection
        self._loop = asyncio.get_running_loop()

    def emit(self, record: logging.LogRecord) -> None:
        try:
            params = {"type": int(severity_of(record.levelno)), "message": record.getMessage()}
            self._loop.call_soon_threadsafe(self._send, params)
        except Exception:  # noqa: BLE001 - a log that fails must not fail what it is about
            return

    def _send(self, params: dict[str, object]) -> None:
        self._connection.notify("window/logMessage", params, is_droppable=True)


def severity_of(level: int) -> Severity:
    if level >= logging.ERROR:
        return Severity.ERROR
    if level >= logging.WARNING:
        return Severity.WARNING
    return Severity.INFO if level >= logging.INFO else Severity.LOG
