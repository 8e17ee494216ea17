"""When a server is asked again after it failed."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from foretype.backends.breaker import CircuitBreaker, Place, State
from foretype.errors import (
    BackendError,
    CertificateError,
    CircuitOpenError,
    ContextTooLongError,
    DeadlineExceededError,
    FillUnsupportedError,
    ForbiddenError,
    ModelLoadingError,
    ModelNotServedError,
    OfflineError,
    PaymentRequiredError,
    RateLimitedError,
    StreamInterruptedError,
    UnauthorizedError,
    UnavailableError,
)

HERE, THERE = "https://here:443", "https://there:443"


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> CircuitBreaker:
    return CircuitBreaker(clock=clock, jitter=lambda: 0.0)


def fail(
    breaker: CircuitBreaker, error: BackendError, origin: str = HERE, model: str = "m", route: str = "text"
) -> None:
    with pytest.raises(type(error)), breaker.guard(Place(origin, model, route)):
        raise error


def answer(breaker: CircuitBreaker, origin: str = HERE, model: str = "m", route: str = "text") -> None:
    with breaker.guard(Place(origin, model, route)) as answered:
        answered()


def refuses(breaker: CircuitBreaker, origin: str = HERE, model: str = "m", route: str = "text") -> bool:
    try:
        with breaker.guard(Place(origin, model, route)):
            return False
    except CircuitOpenError:
        return True


@pytest.mark.parametrize(
    ("error", "open_s", "failures"),
    [
        (PaymentRequiredError("credits"), 900, 1),
        (PaymentRequiredError("credits", retry_after_s=5), 900, 1),
        (RateLimitedError("slow", retry_after_s=7), 7, 1),
        (RateLimitedError("slow"), 5, 1),
        (ModelLoadingError("loading", retry_after_s=20), 20, 1),
        (ModelNotServedError("no"), 600, 1),
        (OfflineError("offline"), 1, 1),
        (CertificateError("cert"), 60, 1),
        (UnavailableError("oops"), 2, 2),
        (DeadlineExceededError("late"), 2, 3),
        (StreamInterruptedError("broke off"), 2, 3),
    ],
)
def test_a_failure_opens_the_circuit_for_as_long_as_it_asks(
    breaker: CircuitBreaker, clock: Clock, error: BackendError, open_s: float, failures: int
) -> None:
    for _ in range(failures):
        assert not refuses(breaker)
        fail(breaker, error)
    clock.now += open_s - 0.01
    assert refuses(breaker)
    clock.now += 0.02
    assert not refuses(breaker)


@pytest.mark.parametrize("error", [UnauthorizedError("key"), ForbiddenError("permission")])
def test_a_refused_key_is_not_tried_again_until_something_changes(
    breaker: CircuitBreaker, clock: Clock, error: BackendError
) -> None:
    fail(breaker, error)
    clock.now += 1e9
    assert refuses(breaker, model="another")
    with pytest.raises(CircuitOpenError, match=str(error)), breaker.guard(Place(HERE, "m")):
        pass
    breaker.reset(HERE)
    assert not refuses(breaker)


@pytest.mark.parametrize(
    ("error", "other_routes", "other_models"),
    [
        (OfflineError("offline"), True, True),
        (RateLimitedError("slow"), True, False),
        (ModelNotServedError("no"), False, False),
        (FillUnsupportedError("no"), False, False),
    ],
)
def test_how_far_a_failure_reaches(
    breaker: CircuitBreaker, error: BackendError, other_routes: bool, other_models: bool
) -> None:
    fail(breaker, error)
    assert refuses(breaker)
    assert refuses(breaker, route="chat") is other_routes
    assert refuses(breaker, model="another") is other_models
    assert not refuses(breaker, origin=THERE)


def test_one_request_probes_a_half_open_circuit(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, RateLimitedError("slow", retry_after_s=5))
    clock.now += 6
    with breaker.guard(Place(HERE, "m")) as answered:
        assert refuses(breaker)
        answered()
        assert not refuses(breaker)
    assert breaker.reports() == []


def test_a_probe_that_is_given_up_lets_the_next_one_through(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, OfflineError("offline"))
    clock.now += 2
    with pytest.raises(GeneratorExit), breaker.guard(Place(HERE, "m")):
        raise GeneratorExit
    assert [report.state for report in breaker.reports()] == [State.HALF_OPEN]
    assert not refuses(breaker)


def test_each_failed_probe_doubles_the_pause_up_to_the_longest(breaker: CircuitBreaker, clock: Clock) -> None:
    pauses = []
    for _ in range(9):
        fail(breaker, OfflineError("offline"))
        pause_s = breaker.reports()[0].retry_in_s
        assert pause_s is not None
        pauses.append(pause_s)
        clock.now += pause_s
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_an_answer_closes_the_circuit_and_forgets_the_count(breaker: CircuitBreaker, clock: Clock) -> None:
    fail(breaker, UnavailableError("oops"))
    answer(breaker)
    fail(breaker, UnavailableError("oops"))
    assert not refuses(breaker)


def test_a_refusal_of_the_request_itself_says_nothing_of_the_server(breaker: CircuitBreaker) -> None:
    for _ in range(10):
        fail(breaker, ContextTooLongError("long"))
    assert not refuses(breaker)


def test_jitter_lengthens_by_a_quarter_at_most(clock: Clock) -> None:
    jitters: list[Callable[[], float]] = [lambda: 0.0, lambda: 1.0]
    pauses = []
    for jitter in jitters:
        breaker = CircuitBreaker(clock=clock, jitter=jitter)
        fail(breaker, RateLimitedError("slow", retry_after_s=8))
        pauses.append(breaker.reports()[0].retry_in_s)
    assert pauses == [8, 10]


def test_a_report_names_the_reason_and_the_time(breaker: CircuitBreaker) -> None:
    fail(breaker, UnauthorizedError("the key is wrong"))
    fail(breaker, RateLimitedError("slow", retry_after_s=8), origin=THERE)
    forever, soon = breaker.reports()
    assert (forever.place, forever.reason, forever.retry_in_s) == (Place(HERE, ""), "the key is wrong", None)
    assert (soon.place, soon.retry_in_s) == (Place(THERE, "m"), 8)
    assert breaker.is_open(Place(THERE, "m", "chat"))
    assert not breaker.is_open(Place("https://never:443", "m"))
    assert math.isfinite(soon.retry_in_s or 0)
