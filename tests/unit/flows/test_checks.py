"""What failed is looked at while the user works, each time later, and not at all beside that."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from foretype.flows.checks import ACTIVE_FOR_S, Checks, Subject


class Timer:
    def __init__(self, at_s: float, callback: Callable[[], None]) -> None:
        self.at_s = at_s
        self.callback = callback
        self.is_over = False

    def cancel(self) -> None:
        self.is_over = True


class Desk:
    """A clock that the test turns, and one server that is down until it says otherwise."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self.timers: list[Timer] = []
        self.looks_at_s: list[float] = []
        self.is_down = False
        self.asked = 0
        self.checks = Checks(self.subjects, self.start, lambda: self.now_s, self.later)

    def subjects(self) -> list[Subject]:
        self.asked += 1
        return [Subject("lab", self.look, first_s=2.0, longest_s=30.0)] if self.is_down else []

    async def look(self) -> None:
        self.looks_at_s.append(self.now_s)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run(work)

    def later(self, wait_s: float, callback: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now_s + wait_s, callback))
        return self.timers[-1]

    def fails(self) -> None:
        self.is_down = True
        self.checks.heed()

    def goes_on_to(self, end_s: float, *, types_each_s: float | None = None) -> None:
        """Let time pass, with a key now and then."""
        while True:
            due = [timer for timer in self.timers if not timer.is_over and timer.at_s <= end_s]
            timer = min(due, key=lambda timer: timer.at_s, default=None)
            key_s = self.now_s + types_each_s if types_each_s else end_s + 1
            if timer is None and key_s > end_s:
                break
            if timer is None or key_s < timer.at_s:
                self.now_s = key_s
                self.checks.stir()
            else:
                self.now_s, timer.is_over = max(self.now_s, timer.at_s), True
                timer.callback()
        self.now_s = end_s


def test_each_look_is_later_than_the_one_before_up_to_the_longest_pause() -> None:
    desk = Desk()
    desk.fails()
    desk.goes_on_to(130.0, types_each_s=10.0)
    assert desk.looks_at_s == [2.0, 6.0, 14.0, 30.0, 60.0, 90.0, 120.0]


def test_nobody_is_looked_at_while_the_user_does_nothing() -> None:
    desk = Desk()
    desk.fails()
    desk.goes_on_to(100_000.0)
    assert desk.looks_at_s[-1] <= ACTIVE_FOR_S
    assert all(timer.is_over for timer in desk.timers)
    before = len(desk.looks_at_s)
    desk.checks.stir()
    desk.goes_on_to(100_001.0)
    assert desk.looks_at_s[before:] == [100_000.0]


def test_where_all_is_well_a_key_costs_nothing() -> None:
    desk = Desk()
    desk.checks.heed()
    desk.goes_on_to(1.0)
    asked = desk.asked
    for _ in range(100):
        desk.checks.stir()
    assert desk.asked == asked
    assert all(timer.is_over for timer in desk.timers)


def test_what_fails_again_soon_is_not_looked_at_as_often_as_at_first() -> None:
    desk = Desk()
    desk.fails()
    desk.goes_on_to(7.0)
    desk.is_down = False
    desk.checks.heed()
    desk.goes_on_to(8.0)
    desk.fails()
    desk.goes_on_to(17.0)
    assert desk.looks_at_s == [2.0, 6.0, 16.0]
    desk.is_down = False
    desk.checks.heed()
    desk.goes_on_to(60.0)
    desk.checks.heed()
    desk.goes_on_to(61.0)
    desk.fails()
    desk.goes_on_to(64.0)
    assert desk.looks_at_s[-1] == 63.0
