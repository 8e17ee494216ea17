"""A prompt cut to what a context holds."""

from __future__ import annotations

import pytest

from foretype.engine.fitting import STEP_TOKENS, Piece, behind_cursor, fitted
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


def cut(pieces: list[Piece], limit: int) -> list[int]:
    return [token for _, tokens in fitted(pieces, limit) for token in tokens]


def test_what_fits_is_left_as_it_is() -> None:
    assert len(cut(prompt(100, 50), 153)) == 153


def test_the_prefix_loses_its_top_and_the_suffix_its_end() -> None:
    tokens = cut(prompt(5000, 5000), 2003)
    assert (tokens[0], tokens[-1]) == (1, 3)
    after = tokens.index(2)
    assert tokens[after - 1] == 14_999
    assert tokens[after + 1] == 20_000
    assert len(tokens) <= 2003


def test_a_suffix_alone_may_have_all_the_room() -> None:
    assert len(cut(prompt(10, 5000), 1003)) == 1003


def test_the_edge_stays_where_it_is_while_one_types() -> None:
    firsts = [cut(prompt(length, 0), 2003)[1] for length in range(5000, 5000 + STEP_TOKENS)]
    assert len(set(firsts)) <= 2


@pytest.mark.parametrize("limit", [0, 2])
def test_what_cannot_be_cut_must_fit(limit: int) -> None:
    with pytest.raises(EngineFault, match="tokens"):
        fitted(prompt(10, 10), limit)


def test_what_stands_behind_the_cursor_is_counted_with_its_word_and_without_the_last() -> None:
    assert behind_cursor(prompt(10, 5)) == 6
    assert behind_cursor(fitted(prompt(5000, 5000), 2003)) == 1 + int(2000 * 0.3)


def test_nothing_stands_behind_a_cursor_that_comes_last() -> None:
    before, prefix, after, suffix, middle = prompt(10, 5)
    assert behind_cursor([before, after, suffix, middle, prefix]) == 0
    assert behind_cursor([(Part.TEXT, [1, 2])]) == 0
