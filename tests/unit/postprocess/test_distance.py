"""Whether two lines are nearly the same, against the definition."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretype.postprocess.distance import within_distance

words = st.text("abc", max_size=8)


def distance(one: str, other: str) -> int:
    """The edit distance, as its definition has it."""
    if not one or not other:
        return len(one) + len(other)
    if one[0] == other[0]:
        return distance(one[1:], other[1:])
    return 1 + min(distance(one[1:], other), distance(one, other[1:]), distance(one[1:], other[1:]))


@given(words, words, st.integers(0, 5))
def test_the_band_decides_as_the_whole_table_would(one: str, other: str, limit: int) -> None:
    assert within_distance(one, other, limit) == (distance(one, other) <= limit)
