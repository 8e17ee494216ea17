from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.predictor.blending import MAX_ORDER, blend

EVIDENCE = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, MAX_ORDER), st.floats(0.1, 50.0)), max_size=30
)


@given(EVIDENCE)
def test_probabilities_are_shares_of_one(evidence: list[tuple[int, int, float]]) -> None:
    guesses = blend(evidence)
    assert all(guess.probability > 0.0 for guess in guesses)
    assert sum(guess.probability for guess in guesses) <= 1.0 + 1e-9
    assert guesses == sorted(guesses, reverse=True)


def test_a_long_context_outweighs_a_short_one() -> None:
    frequent, fitting = 7, 8
    guesses = blend([(frequent, 1, 20.0), (fitting, 6, 3.0)])
    assert guesses[0].piece == fitting
    assert guesses[0].order == 6
    assert guesses[0].support == 3.0


def test_what_is_seen_more_often_is_likelier() -> None:
    assert [guess.piece for guess in blend([(1, 2, 1.0), (2, 2, 3.0), (1, 2, 1.0)])] == [2, 1]


def test_nothing_seen_is_nothing_guessed() -> None:
    assert blend([]) == []


def test_a_floor_is_shared_by_all() -> None:
    assert blend([(1, 0, 1.0)], uniform=0.5)[0].probability == pytest.approx((1 + 30 * 0.5) / 31)
