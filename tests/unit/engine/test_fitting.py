"""A prompt cut to what a context holds."""

from __future__ import annotations

import pytest

from foretype.engine.fitting import STEP_TOKENS, Piece, fitted
from foretype.engine.protocol import EngineFault, Part

BEFORE, AFTER, MIDDLE = (Part.CONTROL, [1]), (Part.CONTROL, [2]), (Part.CONTROL, [3])


def prompt(prefix: int, suffix: int) -> list[Piece]:
    return [
        BEFORE,
        (Part.PREFIX, list(range(10_000, 10_000 + prefix))),
        AFTER,
        (Part.SUFFIX, list(range(20_000, 20_000 + suffix))),
        MIDDLE,
    ]


def test_what_fits_is_left_as_it_is() -> None:
    assert len(fitted(prompt(100, 50), 153)) == 153


def test_the_prefix_loses_its_top_and_the_suffix_its_end() -> None:
    tokens = fitted(prompt(5000, 5000), 2003)
    assert (tokens[0], tokens[-1]) == (1, 3)
    after = tokens.index(2)
    assert tokens[after - 1] == 14_999
    assert tokens[after + 1] == 20_000
    assert len(tokens) <= 2003


def test_a_suffix_alone_may_have_all_the_room() -> None:
    assert len(fitted(prompt(10, 5000), 1003)) == 1003


def test_the_edge_stays_where_it_is_while_one_types() -> None:
    firsts = [fitted(prompt(length, 0), 2003)[1] for length in range(5000, 5000 + STEP_TOKENS)]
    assert len(set(firsts)) <= 2


@pytest.mark.parametrize("limit", [0, 2])
def test_what_cannot_be_cut_must_fit(limit: int) -> None:
    with pytest.raises(EngineFault, match="tokens"):
        fitted(prompt(10, 10), limit)
