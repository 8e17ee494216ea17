"""Other ways to go on, for who asks by hand: written side by side, and given up together."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from foretype.flows.completion.run import Run
from foretype.postprocess.suggestion import Suggestion

MOST = 3
TEMPERATURE = 0.8
PATIENCE_S = 0.5
"""How long the others may take once the first is there; a server with room for one writes them in turn."""


class Others:
    """The runs beside the first one, begun when it is clear that the model answers."""

    def __init__(self, begin: Callable[[], Run]) -> None:
        self._begin = begin
        self._runs: list[Run] = []

    async def beside(self, first: Run) -> bool:
        """Wait for the first, the others writing at the same time; False where a newer request took over."""
        reading = asyncio.get_running_loop().create_task(first.read())
        begun = asyncio.get_running_loop().create_task(first.begun.wait())
        try:
            await asyncio.wait({reading, begun}, return_when=asyncio.FIRST_COMPLETED)
            if first.text:
                self.start(MOST - 1)
            if await reading is None:
                return False
            await self.wait(PATIENCE_S)
            return True
        finally:
            self.give_up()
            begun.cancel()
            reading.cancel()
            await asyncio.gather(begun, reading, return_exceptions=True)

    def start(self, count: int) -> None:
        self._runs = [self._begin() for _ in range(count)]

    async def wait(self, patience_s: float) -> None:
        """Until all have written, or patience is over; those that have not are given up."""
        if self._runs:
            try:
                await asyncio.wait([run.task for run in self._runs], timeout=patience_s)
            finally:
                self.give_up()

    def give_up(self) -> None:
        for run in self._runs:
            run.give_up()

    @property
    def texts(self) -> Iterator[str]:
        """What was written to its end."""
        for run in self._runs:
            if run.task.done() and not run.task.cancelled() and run.task.exception() is None:
                yield run.result


def distinct(suggestions: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
    """The first few that differ in what one sees."""
    seen: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        seen.setdefault(suggestion.text.rstrip(), suggestion)
    return tuple(seen.values())[:MOST]
