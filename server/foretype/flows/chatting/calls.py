"""Tool calls put together from the parts in which they arrive."""

from __future__ import annotations

from collections.abc import Iterable

from foretype.backends.delta import ToolCallPart
from foretype.prompt.asked import ToolCall

MOST_CALLS = 8
MOST_CHARACTERS = 100_000


class Calls:
    """Joins parts by their index; a name under a known index begins another call, but for a repeated id."""

    def __init__(self) -> None:
        self._parts: list[list[ToolCallPart]] = []
        self._open: dict[int, list[ToolCallPart]] = {}
        self._left = MOST_CHARACTERS

    def feed(self, parts: Iterable[ToolCallPart]) -> None:
        for part in parts:
            known = self._open.get(part.index)
            self._left -= len(part.arguments) + len(part.name)
            if self._left < 0:
                return
            if known is None or (part.name and not (part.id and part.id == known[0].id)):
                self._parts.append([part])
                self._open[part.index] = self._parts[-1]
            else:
                known.append(part)

    def whole(self) -> tuple[ToolCall, ...]:
        """The calls that have a name, each with an id to answer it by."""
        calls = []
        for at, parts in enumerate(self._parts[:MOST_CALLS]):
            name = parts[0].name
            id = next((part.id for part in parts if part.id), f"call_{at}")
            if name:
                calls.append(ToolCall(id, name, "".join(part.arguments for part in parts)))
        return tuple(calls)
