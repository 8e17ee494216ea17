from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.predictor.fitting import fit


@pytest.mark.parametrize(
    ("text", "right", "fitted"),
    [
        ("a, b", "", ("a, b", 0)),
        ("a, b", "  ", ("a, b", 2)),
        ("a, b)", ")", ("a, b", 0)),
        ("a, b);", ")", ("a, b);", 1)),
        ("a, b", ")", None),
        (")", ")", None),
        ("a + b", "+ b", ("a ", 0)),
        ("a + b", "c", None),
        ("x: [1])", "])", ("x: [1", 0)),
        ("f(x)]", ")}", None),
        ("", "", None),
    ],
)
def test_a_continuation_fits_what_stands_to_the_right(text: str, right: str, fitted: object) -> None:
    assert fit(text, right) == fitted


@given(st.text("ab)( ;", max_size=6), st.text("ab)( ;", max_size=6))
def test_nothing_that_stands_there_is_doubled(text: str, right: str) -> None:
    fitted = fit(text, right)
    if fitted and fitted[1] == 0 and right.strip():
        assert fitted[0] + right.rstrip() == text
