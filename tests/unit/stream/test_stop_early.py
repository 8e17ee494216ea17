"""What holds for every text, however it arrives."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from foretype.stream import STAGES, Stage, stop_early
from foretype.stream.cursor import Cursor
from foretype.stream.filters import COMPLETE

from golden.reading import Case, cases_in
from unit.postprocess.texts import cursors, is_part_of, texts

if TYPE_CHECKING:
    from foretype.stream.filters import Deltas


class Upstream:
    """A model that writes given pieces, and remembers how far it came and that it was closed."""

    def __init__(self, pieces: list[str]) -> None:
        self.pieces = pieces
        self.written = 0
        self.closed = False

    async def deltas(self) -> AsyncGenerator[str, None]:
        try:
            for piece in self.pieces:
                self.written += 1
                yield piece
        finally:
            self.closed = True


async def all_of(source: Deltas) -> str:
    return "".join([delta async for delta in source])


def passed(pieces: list[str], cursor: Cursor) -> str:
    return asyncio.run(all_of(stop_early(Upstream(pieces).deltas(), cursor)))


def cut(text: str, places: list[int]) -> list[str]:
    bounds = sorted({0, len(text), *(place % (len(text) + 1) for place in places)})
    return [text[start:end] for start, end in pairwise(bounds)]


AT_NEXT_LINE = Cursor(before="    ", below=("    return total",), language="python", multiline=True)


@example("total = 1\n    return total\n", AT_NEXT_LINE, [])
@example("} else {\n  x", Cursor(above=("if (a) {",), below=("}",), language="c", multiline=True), [])
@given(texts, cursors(), st.lists(st.integers(min_value=0), max_size=6))
def test_how_a_text_is_cut_makes_no_difference(text: str, cursor: Cursor, places: list[int]) -> None:
    whole = passed([text], cursor)
    assert passed(list(text), cursor) == whole
    assert passed(cut(text, places), cursor) == whole


@given(texts, cursors())
def test_nothing_is_invented(text: str, cursor: Cursor) -> None:
    assert is_part_of(passed([text], cursor), text)


@given(texts, cursors())
def test_nothing_is_handed_on_behind_a_complete_text(text: str, cursor: Cursor) -> None:
    async def deltas() -> list[str]:
        return [delta async for delta in stop_early(Upstream(list(text)).deltas(), cursor)]

    assert COMPLETE not in asyncio.run(deltas())[:-1]


STOPPED = [
    case
    for case in cases_in("stages")
    if not case.untouched and case.rule not in ("skip_thoughts", "skip_echo") and "margin" not in case.title
]


@pytest.mark.parametrize("case", STOPPED, ids=str)
async def test_the_upstream_is_closed_as_soon_as_a_stage_stops(case: Case) -> None:
    """And whoever waits for the text is told before that."""
    upstream = Upstream([*case.model, "\n", *("more " * 200)])
    *_, last = [(delta, upstream.closed) async for delta in stop_early(upstream.deltas(), case.cursor)]
    assert last == (COMPLETE, False)
    assert upstream.closed
    assert upstream.written < len(upstream.pieces)


async def test_a_source_that_is_complete_is_read_to_its_end() -> None:
    upstream = Upstream(["ret", "urn", COMPLETE, "not the text's"])
    passed = stop_early(upstream.deltas(), Cursor(before="    ", language="python", multiline=True))
    assert [(delta, upstream.written) async for delta in passed] == [("ret", 1), ("urn", 2), (COMPLETE, 3)]
    assert (upstream.closed, upstream.written) == (True, 4)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
async def test_closing_a_stage_closes_the_upstream(stage: Stage) -> None:
    upstream = Upstream(["a = 1\n", "b = 2\n", "c = 3\n"])
    async for _ in (source := stop_early(upstream.deltas(), Cursor(language="python"), (stage,))):
        break
    await source.aclose()
    assert upstream.closed


async def test_what_is_safe_goes_on_at_once() -> None:
    """Plain code is not held back: each piece is handed on before the next is asked for."""
    upstream = Upstream(["total", " = ", "price", " * ", "count"])
    passed = stop_early(upstream.deltas(), Cursor(before="    ", language="python", multiline=True))
    seen = [(delta, upstream.written) async for delta in passed]
    assert seen == [("total", 1), (" = ", 2), ("price", 3), (" * ", 4), ("count", 5)]
