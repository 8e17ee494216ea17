"""How long one waits for the next key."""

from __future__ import annotations

import pytest

from foretype.flows.completion.pace import LONGEST_WAIT_S, REST_S, SHORTEST_WAIT_S, Pace


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pace(clock: Clock) -> Pace:
    return Pace(clock)


def type_keys(pace: Pace, clock: Clock, gap_s: float, keys: int = 20) -> None:
    for _ in range(keys):
        clock.now += gap_s
        pace.key_pressed()


def test_before_the_first_key_the_whole_wait_is_left(pace: Pace) -> None:
    assert pace.left_s == pace.wait_s
    assert SHORTEST_WAIT_S <= pace.wait_s <= LONGEST_WAIT_S


@pytest.mark.parametrize(
    ("gap_s", "wait_s"), [(0.001, SHORTEST_WAIT_S), (0.05, 0.07), (0.06, 0.084), (0.3, LONGEST_WAIT_S)]
)
def test_a_little_longer_than_the_gap_between_two_keys(
    pace: Pace, clock: Clock, gap_s: float, wait_s: float
) -> None:
    type_keys(pace, clock, gap_s)
    assert pace.wait_s == pytest.approx(wait_s, rel=0.01)


def test_a_rest_is_no_rhythm(pace: Pace, clock: Clock) -> None:
    type_keys(pace, clock, 0.05)
    before_s = pace.wait_s
    clock.now += REST_S
    pace.key_pressed()
    assert pace.wait_s == before_s


def test_the_time_since_the_key_counts(pace: Pace, clock: Clock) -> None:
    type_keys(pace, clock, 0.05)
    whole_s = pace.left_s
    clock.now += 0.02
    assert pace.left_s == pytest.approx(whole_s - 0.02)
    clock.now += 10
    assert pace.left_s == 0


def test_one_slow_key_does_not_change_the_rhythm_at_once(pace: Pace, clock: Clock) -> None:
    type_keys(pace, clock, 0.05)
    type_keys(pace, clock, 0.06, keys=1)
    assert 0.07 < pace.wait_s < 0.084


def test_a_model_that_cannot_answer_between_two_keys_is_not_asked_at_each(pace: Pace, clock: Clock) -> None:
    type_keys(pace, clock, 0.15)
    assert pace.wait_s == LONGEST_WAIT_S
    pace.answered(0.6)
    assert 0.15 < pace.wait_s < 0.18


@pytest.mark.parametrize(("latency_s", "gap_s"), [(0.02, 0.15), (0.1, 0.15), (0.14, 0.15)])
def test_a_fast_model_is_not_waited_for_longer(
    pace: Pace, clock: Clock, latency_s: float, gap_s: float
) -> None:
    pace.answered(latency_s)
    type_keys(pace, clock, gap_s)
    assert pace.wait_s == LONGEST_WAIT_S


def test_a_slow_model_does_not_slow_down_a_fast_typist(pace: Pace, clock: Clock) -> None:
    pace.answered(0.6)
    type_keys(pace, clock, 0.05)
    assert pace.wait_s == pytest.approx(0.07, rel=0.01)


def test_one_slow_answer_does_not_count_whole(pace: Pace, clock: Clock) -> None:
    type_keys(pace, clock, 0.3)
    pace.answered(0.4)
    before_s = pace.wait_s
    pace.answered(1.4)
    assert pace.wait_s - before_s == pytest.approx(0.3 * 0.12)
