"""The levels of the log, by the names that settings use."""

from __future__ import annotations

import logging

TRACE = 5
LEVELS = {
    "error": logging.ERROR,
    "warning": logging.WARNING,
    "info": logging.INFO,
    "debug": logging.DEBUG,
    "trace": TRACE,
}
OWN_LOGGERS = "foretype"


def is_tracing() -> bool:
    """Whether the log may hold prompts and code: at the `trace` level and at no other."""
    return logging.getLogger(OWN_LOGGERS).getEffectiveLevel() <= TRACE
