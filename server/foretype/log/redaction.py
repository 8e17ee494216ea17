"""No key in any line of the log, whoever wrote the line."""

from __future__ import annotations

import logging
import re
from types import TracebackType

from foretype.keys.key import HIDDEN, Key
from foretype.keys.spellings import spellings_of
from foretype.log.levels import is_tracing

# These print whole protocol messages, and so the user's code, at every level.
TALKATIVE_LOGGERS = ("pygls",)
LAST_FRAMES = -30

ExceptionInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class Redactor(logging.Filter):
    """Takes every known key out of a record: message, arguments, exception, stack and extra fields."""

    def __init__(self) -> None:
        super().__init__()
        self._known: frozenset[Key] = frozenset()
        self._pattern: re.Pattern[str] | None = None

    def know(self, *keys: Key) -> None:
        """Keep these keys out of everything from now on."""
        if new := set(keys) - self._known:
            self._known |= new
            spellings = {spelling for key in self._known for spelling in spellings_of(key)}
            longest_first = sorted(spellings, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))

    def clean(self, text: str) -> str:
        """The text without any known key in it."""
        return self._pattern.sub(HIDDEN, text) if self._pattern else text

    def filter(self, record: logging.LogRecord) -> bool:
        """Clean a record in place; it is always let through."""
        record.msg, record.args = message_of(record), None
        if record.exc_info and not record.exc_text:
            record.exc_text = exception_text(record.exc_info)
        record.exc_info = None
        for name, value in tuple(vars(record).items()):
            if value is not None and not isinstance(value, int | float):
                setattr(record, name, self.clean(printed(value)))
        return True


def message_of(record: logging.LogRecord) -> str:
    """The message with its arguments in place; what cannot be put together is said so, not raised."""
    if record.args and record.name.split(".")[0] in TALKATIVE_LOGGERS and not is_tracing():
        return printed(record.msg)
    try:
        return record.getMessage()
    # The arguments are anybody's objects, and printing one may raise anything.
    except Exception as error:  # noqa: BLE001
        return f"(a log line that cannot be printed: {type(error).__name__}) {printed(record.msg)}"


def printed(value: object) -> str:
    try:
        return str(value)
    # As above: this is anybody's object.
    except Exception:  # noqa: BLE001
        return f"({type(value).__name__})"


def exception_text(info: ExceptionInfo) -> str:
    """The traceback of an exception: files, lines and messages, never the values of variables."""
    import traceback

    kind, error, trace = info
    if kind is None or error is None:
        return ""
    try:
        told = traceback.TracebackException(kind, error, trace, limit=LAST_FRAMES, capture_locals=False)
        return "".join(told.format()).rstrip("\n")
    # The text of an exception is computed by its own code, which may fail in turn.
    except Exception:  # noqa: BLE001
        return f"{kind.__name__} (its text cannot be printed)"
