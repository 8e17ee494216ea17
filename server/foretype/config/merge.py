"""Layers of settings laid over one another: the later one wins, key by key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.config.plain import Plain

# What any source wants kept away from models is kept away.
ADDED_UP = "exclude"


def merged(layers: Iterable[Mapping[str, object]]) -> Plain:
    """One tree of values; an empty text or list says nothing, as it does in the defaults."""
    result: Plain = {}
    for layer in layers:
        lay_over(result, layer)
    return result


def lay_over(below: Plain, above: Mapping[str, object]) -> None:
    for key, value in above.items():
        standing = below.get(key)
        if isinstance(value, Mapping):
            section = dict(standing) if isinstance(standing, dict) else {}
            lay_over(section, value)
            below[key] = section
        elif key == ADDED_UP and isinstance(value, list) and isinstance(standing, list):
            below[key] = list(dict.fromkeys([*standing, *value]))
        elif value not in ("", []):
            below[key] = value
