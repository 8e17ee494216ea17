"""Circuit breaker: what failed a moment ago is left in peace for as long as its failure asks."""

from __future__ import annotations

import math
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum

from foretype.backends.cures import sentence_for
from foretype.errors import (
    BackendError,
    BadAnswerError,
    CertificateError,
    CircuitOpenError,
    DeadlineExceededError,
    FillUnsupportedError,
    ForbiddenError,
    ModelLoadingError,
    ModelNotServedError,
    OfflineError,
    PaymentRequiredError,
    ProxyError,
    RateLimitedError,
    StreamInterruptedError,
    UnauthorizedError,
    UnavailableError,
)


class Scope(Enum):
    """How far a failure reaches."""

    ORIGIN = "origin"
    MODEL = "model"
    ROUTE = "route"


@dataclass(frozen=True)
class Place:
    """What a request is about to be asked of: a model at an origin, by one of its routes."""

    origin: str
    model: str
    route: str = ""

    def at(self, scope: Scope) -> Place:
        """The same place as a circuit of that scope sees it."""
        if scope is Scope.ORIGIN:
            return Place(self.origin, "")
        return self if scope is Scope.ROUTE else Place(self.origin, self.model)


class State(Enum):
    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


@dataclass(frozen=True)
class Pause:
    """How long a kind of failure keeps a circuit open, doubling each time up to the longest.

    `passes` is for what is over when its time is; of anything else nobody knows that until somebody looks.
    """

    first_s: float
    longest_s: float
    failures: int = 1
    scope: Scope = Scope.MODEL
    server_may_shorten: bool = True
    passes: bool = False


_PAUSES: dict[type[BackendError], Pause] = {
    UnauthorizedError: Pause(math.inf, math.inf, scope=Scope.ORIGIN),
    ForbiddenError: Pause(math.inf, math.inf, scope=Scope.ORIGIN),
    PaymentRequiredError: Pause(900, 3600, scope=Scope.ORIGIN, server_may_shorten=False, passes=True),
    RateLimitedError: Pause(5, 60, passes=True),
    ModelLoadingError: Pause(5, 60, passes=True),
    ModelNotServedError: Pause(600, 3600, scope=Scope.ROUTE, passes=True),
    FillUnsupportedError: Pause(600, 3600, scope=Scope.ROUTE, passes=True),
    OfflineError: Pause(1, 60, scope=Scope.ORIGIN),
    ProxyError: Pause(5, 60, scope=Scope.ORIGIN),
    CertificateError: Pause(60, 600, scope=Scope.ORIGIN),
    BadAnswerError: Pause(5, 60, failures=2),
    UnavailableError: Pause(2, 60, failures=2),
    StreamInterruptedError: Pause(2, 30, failures=3),
    DeadlineExceededError: Pause(2, 30, failures=3),
}


@dataclass
class Circuit:
    """What is remembered of one place."""

    failures: int = 0
    openings: int = 0
    open_until: float = 0.0
    error: BackendError | None = None
    probing: bool = False
    is_doubted: bool = False


@dataclass(frozen=True)
class CircuitReport:
    """A circuit as the status shows it; one that `is_doubted` may be tried where nothing else is left."""

    place: Place
    state: State
    reason: str
    retry_in_s: float | None
    is_doubted: bool = False

    @property
    def keeps_away(self) -> bool:
        """Whether a model that is well is asked in its place."""
        return self.state is State.OPEN or self.is_doubted


@dataclass
class CircuitBreaker:
    """Every circuit, by a clock that knows no time zones and never jumps."""

    clock: Callable[[], float] = time.monotonic
    jitter: Callable[[], float] = random.random
    _circuits: dict[Place, Circuit] = field(default_factory=dict)

    @contextmanager
    def guard(self, place: Place) -> Iterator[Callable[[], None]]:
        """Raises CircuitOpenError where asking is pointless; otherwise learns from what comes of it.

        What it gives is to be called when an answer begins to arrive. A request that is cancelled or
        left before that says nothing about the server.
        """
        circuits = {scope: self._circuits.setdefault(place.at(scope), Circuit()) for scope in Scope}
        for circuit in circuits.values():
            self._refuse_if_open(circuit)
        probed = [circuit for circuit in circuits.values() if circuit.error is not None]
        for circuit in probed:
            circuit.probing = True
        try:
            yield lambda: close(circuits.values())
        except BackendError as error:
            self._learn(circuits, error)
            raise
        finally:
            for circuit in probed:
                circuit.probing = False

    def is_open(self, place: Place) -> bool:
        """True where a request would be refused; asking this changes nothing."""
        circuits = [self._circuits.get(place.at(scope)) for scope in Scope]
        return any(circuit is not None and self._state(circuit) is State.OPEN for circuit in circuits)

    def reset(self, origin: str | None = None) -> None:
        """Forgets everything, or all of one origin: the user changed a key or a setting."""
        for place in list(self._circuits):
            if origin in (None, place.origin):
                del self._circuits[place]

    def reports(self) -> list[CircuitReport]:
        """Every circuit that is not closed."""
        return [
            CircuitReport(
                place,
                self._state(circuit),
                str(circuit.error),
                self._retry_in_s(circuit),
                circuit.is_doubted,
            )
            for place, circuit in self._circuits.items()
            if circuit.error is not None and self._state(circuit) is not State.CLOSED
        ]

    def troubles(self, origin: str, model: str) -> list[CircuitReport]:
        """What keeps requests from a model at an origin, by whatever route, or from the whole origin."""
        return [
            report
            for report in self.reports()
            if report.keeps_away and report.place.origin == origin and report.place.model in ("", model)
        ]

    def vouch(self, origin: str, model: str) -> None:
        """Somebody looked, and the server works: what failed there may be asked first again.

        That says nothing of a key that was refused.
        """
        for place, circuit in self._circuits.items():
            is_meant = place.origin == origin and place.model in ("", model)
            if is_meant and circuit.is_doubted and math.isfinite(circuit.open_until):
                circuit.is_doubted = False
                circuit.open_until = min(circuit.open_until, self.clock())

    def _state(self, circuit: Circuit) -> State:
        if circuit.openings == 0:
            return State.CLOSED
        if self.clock() < circuit.open_until or circuit.probing:
            return State.OPEN
        return State.HALF_OPEN

    def _retry_in_s(self, circuit: Circuit) -> float | None:
        left_s = circuit.open_until - self.clock()
        return None if math.isinf(left_s) else max(0.0, left_s)

    def _refuse_if_open(self, circuit: Circuit) -> None:
        error = circuit.error
        if error is None or self._state(circuit) is not State.OPEN:
            return
        wait_s = self._retry_in_s(circuit)
        sentence = (
            str(error)
            if wait_s is None
            else sentence_for(CircuitOpenError, error.endpoint, error.model, wait_s, str(error))
        )
        raise CircuitOpenError(
            sentence, endpoint=error.endpoint, model=error.model, status=error.status, retry_after_s=wait_s
        )

    def _learn(self, circuits: dict[Scope, Circuit], error: BackendError) -> None:
        """An answer that refuses a request shows a server that works."""
        pause = _PAUSES.get(type(error))
        if pause is None:
            return
        circuit = circuits[pause.scope]
        circuit.failures += 1
        if circuit.failures < pause.failures and circuit.openings == 0:
            return
        circuit.openings += 1
        circuit.error = error
        circuit.is_doubted = not pause.passes
        circuit.open_until = self.clock() + self._pause_s(pause, circuit, error)

    def _pause_s(self, pause: Pause, circuit: Circuit, error: BackendError) -> float:
        """What the server asked for, else twice the last pause; up to a quarter more, so that not all
        clients come back together."""
        if error.retry_after_s is not None and pause.server_may_shorten:
            return error.retry_after_s * (1 + self.jitter() / 4)
        doubled = pause.first_s * 2.0 ** min(circuit.openings - 1, 30)
        return min(doubled, pause.longest_s) * (1 + self.jitter() / 4)


def close(circuits: Iterable[Circuit]) -> None:
    for circuit in circuits:
        circuit.failures = circuit.openings = 0
        circuit.open_until = 0.0
        circuit.error = None
        circuit.is_doubted = False
