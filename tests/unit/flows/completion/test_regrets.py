"""How long a place is left alone."""

from __future__ import annotations

from foretype.flows.completion.regrets import MAX_PLACES, QUIET_S, Regrets

from unit.flows.completion.scripted import at, typed

HERE = at("x = █\n")


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_place_is_left_alone_for_a_while() -> None:
    clock = Clock()
    regrets = Regrets(clock)
    assert not regrets.are_fresh(HERE)
    regrets.decided(HERE)
    assert regrets.are_fresh(HERE)
    assert not regrets.are_fresh(typed(HERE, "a"))
    clock.now += QUIET_S
    assert not regrets.are_fresh(HERE)


def test_only_the_last_places_count() -> None:
    regrets = Regrets(Clock())
    for number in range(MAX_PLACES + 1):
        regrets.decided(at(f"x = {number} █\n"))
    assert not regrets.are_fresh(at("x = 0 █\n"))
    assert regrets.are_fresh(at("x = 1 █\n"))
