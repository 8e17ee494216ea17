"""lsprotocol's types, loaded without what nobody here calls.

Five hundred classes are each compiled a comparison and a representation as they are defined. That is half of
the time that their import takes, and a fifth of the memory that it costs for as long as the server runs.
"""

from __future__ import annotations

import linecache

import attrs


def load() -> None:
    """Load them, as the first in this process to do so; elsewhere they come whole, and work the same."""
    define = attrs.define
    attrs.define = define(eq=False, repr=False)  # type: ignore[assignment]  # as each class uses it
    try:
        import lsprotocol.types  # noqa: F401
    finally:
        attrs.define = define
    linecache.clearcache()  # attrs leaves the source of every method there, for tracebacks
