"""A region while the user types: it moves with the text around it, and ends where it is typed into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from foretype.documents.change import Change, Position
from foretype.documents.encoding import Encoding
from foretype.documents.store import Documents
from foretype.flows.editing.rebase import Followed, follow
from foretype.flows.editing.region import numbered

URI = "file:///a.py"
TEXT = "one\ntwo\nthree\nfour\nfive\n"


def opened() -> tuple[Documents, Followed]:
    documents = Documents(Encoding.UTF_32)
    document = documents.open(URI, "python", 1, TEXT)
    return documents, follow(documents, document, numbered(document, 2, 3))


def change(text: str, start: tuple[int, int], end: tuple[int, int] | None = None) -> Change:
    return Change(text, Position(*start), Position(*(end or start)))


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        ([change("zero\n", (0, 0))], 2),
        ([change("\n", (0, 3))], 2),
        ([change("\n", (1, 0))], 2),
        ([change("", (0, 0), (1, 0))], 0),
        ([change("x", (3, 0))], 1),
        ([change("\nx", (2, 5))], 1),
        ([change("x\n", (3, 0))], 1),
        ([change("", (3, 0), (5, 0))], 1),
        ([change("a\n", (0, 0)), change("b\n", (0, 0)), change("c", (5, 0))], 3),
        ([Change("zero\n" + TEXT)], 2),
        ([Change(TEXT + "six\n")], 1),
    ],
)
async def test_text_around_it_moves_it(changes: list[Change], line: int) -> None:
    documents, followed = opened()
    documents.change(URI, 2, changes)
    assert not followed.stopped.done()
    assert followed.region.start.line == line
    assert followed.region.text(followed.document) == "two\nthree"
    followed.end()


@pytest.mark.parametrize(
    "changes",
    [
        [change("x", (1, 0))],
        [change("x", (2, 5))],
        [change("\n", (1, 3))],
        [change("", (0, 3), (1, 0))],
        [change("", (2, 5), (3, 0))],
        [change("", (1, 0), (2, 0))],
        [Change("one\ntwo\n")],
    ],
)
async def test_text_inside_it_ends_it(changes: list[Change]) -> None:
    documents, followed = opened()
    documents.change(URI, 2, changes)
    assert "You typed where" in str(followed.stopped.result())
    followed.end()


async def test_a_closed_document_ends_it() -> None:
    documents, followed = opened()
    documents.close(URI)
    assert "closed" in str(followed.stopped.result())
    followed.end()


PLACES = some.tuples(some.integers(0, 5), some.integers(0, 5))
CHANGES = some.builds(
    lambda text, one, other: change(text, min(one, other), max(one, other)),
    some.sampled_from(["", "x", "\n", "two\n", "three", "a\nb\n", "two\nthree\n"]),
    PLACES,
    PLACES,
)


@given(some.lists(CHANGES, min_size=1, max_size=6), some.booleans())
async def test_wherever_it_moves_its_text_is_the_same(changes: list[Change], in_one: bool) -> None:
    documents, followed = opened()
    for version, batch in enumerate([changes] if in_one else [[each] for each in changes], start=2):
        documents.change(URI, version, batch)
    if not followed.stopped.done():
        assert followed.region.text(followed.document) == "two\nthree"
    followed.end()
