"""Positions in the three encodings, against a table written by hand."""

from __future__ import annotations

from itertools import pairwise

import pytest

from foretype.documents.encoding import Encoding, negotiate

ENCODINGS = (Encoding.UTF_8, Encoding.UTF_16, Encoding.UTF_32)

# One column of the table per code point and one for the end: where that code point starts, in each encoding.
STARTS = [
    ("", [0], [0], [0]),
    ("abc", [0, 1, 2, 3], [0, 1, 2, 3], [0, 1, 2, 3]),
    ("aéb", [0, 1, 3, 4], [0, 1, 2, 3], [0, 1, 2, 3]),
    ("e\u0301x", [0, 1, 3, 4], [0, 1, 2, 3], [0, 1, 2, 3]),
    ("漢字", [0, 3, 6], [0, 1, 2], [0, 1, 2]),
    ("a😀b", [0, 1, 5, 6], [0, 1, 3, 4], [0, 1, 2, 3]),
    ("👩\u200d🚀", [0, 4, 7, 11], [0, 2, 3, 5], [0, 1, 2, 3]),
    ("\u2028\x85x", [0, 3, 5, 6], [0, 1, 2, 3], [0, 1, 2, 3]),
    ("\x00\x7f\ufffd", [0, 1, 2, 5], [0, 1, 2, 3], [0, 1, 2, 3]),
]

ROWS = [
    (encoding, line, starts)
    for line, *of_encoding in STARTS
    for encoding, starts in zip(ENCODINGS, of_encoding, strict=True)
]


@pytest.mark.parametrize(("encoding", "line", "starts"), ROWS)
def test_a_column_is_where_its_character_starts(encoding: Encoding, line: str, starts: list[int]) -> None:
    assert [encoding.character(line, column) for column in range(len(line) + 1)] == starts
    assert [encoding.column(line, character) for character in starts] == list(range(len(line) + 1))


@pytest.mark.parametrize(("encoding", "line", "starts"), ROWS)
def test_a_position_inside_a_character_means_its_start(
    encoding: Encoding, line: str, starts: list[int]
) -> None:
    for column, (start, following) in enumerate(pairwise(starts)):
        for inside in range(start, following):
            assert encoding.column(line, inside) == column


@pytest.mark.parametrize(("encoding", "line", "starts"), ROWS)
def test_a_position_past_the_end_means_the_end(encoding: Encoding, line: str, starts: list[int]) -> None:
    assert encoding.column(line, starts[-1] + 1) == len(line)
    assert encoding.column(line, 2**31) == len(line)
    assert encoding.character(line, len(line) + 1) == starts[-1]


@pytest.mark.parametrize(
    ("offers", "chosen"),
    [
        (None, Encoding.UTF_16),
        ([], Encoding.UTF_16),
        (["utf-7"], Encoding.UTF_16),
        (["utf-16"], Encoding.UTF_16),
        (["utf-8", "utf-16", "utf-32"], Encoding.UTF_8),
        (["utf-32", "utf-8", "utf-16"], Encoding.UTF_32),
        (["utf-7", "utf-16", "utf-8"], Encoding.UTF_16),
    ],
)
def test_the_client_names_the_encoding(offers: list[str] | None, chosen: Encoding) -> None:
    assert negotiate(offers) is chosen
