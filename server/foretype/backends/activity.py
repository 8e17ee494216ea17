"""What is being asked of models at this moment, and what comes of it, for whoever wants to show it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from foretype.errors import BackendError

if TYPE_CHECKING:
    from foretype.backends.endpoint import Endpoint


class Step(Enum):
    ASKED = "asked"
    ANSWERED = "answered"
    ENDED = "ended"


@dataclass(frozen=True)
class Happened:
    """A step of one request; a request that ended with an error says which. This machine's own engine is no
    endpoint."""

    step: Step
    endpoint: Endpoint | None
    model: str
    error: BackendError | None = None


class Activity:
    """Counts the requests that run, and tells of every step."""

    def __init__(self) -> None:
        self.running = 0
        self._observers: list[Callable[[Happened], None]] = []

    def observe(self, observer: Callable[[Happened], None]) -> None:
        self._observers.append(observer)

    @contextmanager
    def asking(self, endpoint: Endpoint | None, model: str) -> Iterator[Callable[[], None]]:
        """One request, from its sending to its end; what it gives is to be called when text arrives."""
        error: BackendError | None = None
        has_answered = False

        def answered() -> None:
            nonlocal has_answered
            if not has_answered:
                has_answered = True
                self._tell(Happened(Step.ANSWERED, endpoint, model))

        self.running += 1
        self._tell(Happened(Step.ASKED, endpoint, model))
        try:
            yield answered
        except BackendError as problem:
            error = problem
            raise
        finally:
            self.running -= 1
            self._tell(Happened(Step.ENDED, endpoint, model, error))

    def _tell(self, happened: Happened) -> None:
        for observer in tuple(self._observers):
            observer(happened)
