from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from foretype.predictor.buffer import Buffer
from foretype.predictor.vocabulary import Vocabulary

LINES = st.lists(
    st.sampled_from(["", "  ", "a = 1", "    b(a)", "\tc", "        d # e", "}" * 500]), max_size=6
)
EDITS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), LINES), max_size=8)


def words_of(buffer: Buffer, vocabulary: Vocabulary) -> list[str]:
    return [" ".join(vocabulary.words[ord(number)] for number in line[1:]) for line in buffer.words]


@given(LINES, EDITS)
def test_edits_lead_to_what_a_fresh_look_sees(
    lines: list[str], edits: list[tuple[int, int, list[str]]]
) -> None:
    vocabulary = Vocabulary()
    edited = Buffer("a.py", "code", lines, vocabulary)
    for first, removed, inserted in edits:
        first = min(first, len(edited.lines))
        edited.splice(first, min(removed, len(edited.lines) - first), inserted)
    fresh = Buffer("a.py", "code", list(edited.lines), vocabulary)
    assert (edited.words, edited.gaps) == (fresh.words, fresh.gaps)


def test_a_line_is_its_words_after_a_mark_of_its_indentation() -> None:
    vocabulary = Vocabulary()
    buffer = Buffer("a.py", "code", ["if a:", "    b", "", "    c", "d"], vocabulary)
    assert words_of(buffer, vocabulary) == ["if a :", "b", "", "c", "d"]
    level, deeper, shallower = (buffer.words[line][0] for line in (0, 1, 4))
    assert len({level, deeper, shallower, buffer.words[3][0]}) == 4


def test_words_and_gaps_are_as_many() -> None:
    buffer = Buffer("a.py", "code", ["x  =\ty"], Vocabulary())
    assert len(buffer.words[0]) == len(buffer.gaps[0]) == 4


def test_more_kinds_of_gap_than_there_are_numbers_do_no_harm() -> None:
    vocabulary = Vocabulary()
    buffer = Buffer("a.py", "code", ["a" + " " * width + "b" for width in range(380)], vocabulary)
    assert len(vocabulary.gaps) == 255
    assert len(buffer.words) == 380
