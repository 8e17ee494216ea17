"""The budget of breakdowns."""

from __future__ import annotations

from foretype.engine.restarts import MOST, WITHIN_S, Restarts


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_three_breakdowns_are_borne_and_a_fourth_is_not() -> None:
    restarts = Restarts(Clock())
    for _ in range(MOST):
        restarts.broke_down()
        assert not restarts.is_used_up
    restarts.broke_down()
    assert restarts.is_used_up


def test_time_and_the_user_make_good() -> None:
    clock = Clock()
    restarts = Restarts(clock)
    for _ in range(MOST + 1):
        restarts.broke_down()
    clock.now = WITHIN_S + 1
    assert not restarts.is_used_up
    assert restarts.has_any
    restarts.reset()
    assert not restarts.has_any
