"""What is cut from around a hole, and that the cut does not move with every key."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.prompt.asked import Chunk
from foretype.prompt.budget import TokenCost, head_within, tail_within, within
from foretype.prompt.hole import Hole

COST = TokenCost()

text = st.text(alphabet="ab \n\u2028é汉😀", max_size=400)
lines = st.lists(st.text(alphabet="abc \u2028é", max_size=40), max_size=60).map("\n".join)


@given(prefix=st.one_of(text, lines), suffix=st.one_of(text, lines), max_tokens=st.integers(0, 300))
def test_never_more_than_the_budget(prefix: str, suffix: str, max_tokens: int) -> None:
    hole = Hole(prefix, suffix, chunks=(Chunk("a.py", suffix), Chunk("b.py", prefix)))
    cut = within(hole, max_tokens)
    chunks = sum(COST.of(chunk.path) + COST.of(chunk.text) for chunk in cut.chunks)
    assert COST.of(cut.prefix) + COST.of(cut.suffix) + chunks <= max_tokens
    assert hole.prefix.endswith(cut.prefix)
    assert hole.suffix.startswith(cut.suffix)


@given(prefix=lines, max_tokens=st.integers(1, 300))
def test_lines_stay_whole_where_one_fits(prefix: str, max_tokens: int) -> None:
    cut = tail_within(prefix, max_tokens, COST)
    last_line = prefix[prefix.rfind("\n", 0, -1) + 1 :]
    if COST.of(last_line) <= max_tokens:
        assert cut == prefix or prefix[: len(prefix) - len(cut)].endswith("\n") or not cut


def test_what_fits_is_not_touched() -> None:
    hole = Hole("a = 1\n", "b = 2\n", chunks=(Chunk("c.py", "c = 3\n"),))
    assert within(hole, 1000) == hole


def test_the_left_edge_stays_while_one_types() -> None:
    file = "".join(f"line_{number:04d} = {number:04d}\n" for number in range(2000))
    edges = set()
    for typed in range(120):
        prefix = file + "x" * typed
        edges.add(len(prefix) - len(tail_within(prefix, 900, COST)))
    assert len(edges) <= 2


def test_the_left_edge_moves_in_steps_as_lines_are_added() -> None:
    file = ""
    edges = []
    for number in range(400):
        file += f"line_{number:04d} = 1\n"
        edges.append(len(file) - len(tail_within(file, 600, COST)))
    assert len(set(edges)) <= 400 // 32 + 2
    assert edges == sorted(edges)


def test_half_of_the_budget_is_used_at_least() -> None:
    file = "value = 1\n" * 5000
    for max_tokens in (40, 100, 500, 2000):
        assert COST.of(tail_within(file, max_tokens, COST)) >= max_tokens // 3


@pytest.mark.parametrize("character", ["x", "é"])
def test_one_endless_line(character: str) -> None:
    cut = within(Hole(character * 1_000_000, character * 1_000_000), 300)
    assert 100 <= COST.of(cut.prefix) <= 300
    assert 20 <= COST.of(cut.suffix) <= 100


def test_a_chunk_that_does_not_fit_is_left_out_whole() -> None:
    hole = Hole("a", "b", chunks=(Chunk("big.py", "x" * 9000), Chunk("small.py", "y" * 30)))
    assert [chunk.path for chunk in within(hole, 200).chunks] == ["small.py"]


def test_other_files_give_way_to_the_code_before_the_cursor() -> None:
    hole = Hole("value = 1\n" * 5000, "", chunks=tuple(Chunk(f"{n}.py", "x" * 300) for n in range(50)))
    cut = within(hole, 1000)
    assert COST.of(cut.prefix) >= 400
    assert cut.chunks


def test_other_scripts_cost_more() -> None:
    assert COST.of("漢字漢字") == 4
    assert COST.of("abcdef") == 2


def test_a_line_ends_at_a_line_feed_only() -> None:
    assert head_within("a\u2028b\nccc\n", 3, COST) == "a\u2028b\n"
