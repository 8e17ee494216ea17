"""Changes that arrive in another order than they were made in, as those of Helix 25.01 do."""

from __future__ import annotations

import itertools

import pytest

from foretype.documents.change import Change, Position
from foretype.documents.overtaking import REMEMBERED
from foretype.documents.store import Documents, Event, Kind

URI = "file:///project/a.py"
TYPED = "\nprin"


def opened() -> Documents:
    documents = Documents()
    documents.open(URI, "python", 0, "")
    return documents


def key(number: int) -> tuple[int, Change]:
    """A character of what is typed, and the version that it makes."""
    line, column = (1, number - 1) if number else (0, 0)
    place = Position(line, column)
    return number + 1, Change(TYPED[number], place, place)


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(TYPED)))), ids=str)
def test_the_text_is_that_of_the_editor_once_all_have_come(order: tuple[int, ...]) -> None:
    documents = opened()
    for number in order:
        version, change = key(number)
        documents.change(URI, version, [change])
    document = documents.get(URI)
    assert document is not None
    assert (str(document.text), document.version, document.in_doubt) == (TYPED, len(TYPED), False)


def test_whoever_follows_is_told_of_the_whole_text() -> None:
    documents, heard = opened(), list[Event]()
    documents.observe(heard.append)
    for number in (0, 2, 1):
        version, change = key(number)
        documents.change(URI, version, [change])
    assert [event.kind for event in heard] == [Kind.EDITED, Kind.EDITED, Kind.REPLACED]
    assert str(heard[-1].document.text) == "\npr"


@pytest.mark.parametrize("version", [1, 3])
def test_a_version_that_has_been_is_no_late_one(version: int) -> None:
    documents = opened()
    for known in (1, 3):
        documents.change(URI, known, [Change("x", Position(0, 0), Position(0, 0))])
    document = documents.change(URI, version, [Change("y", Position(0, 0), Position(0, 0))])
    assert document is not None
    assert (str(document.text), document.in_doubt) == ("xx", True)


def test_one_that_comes_far_too_late_leaves_a_doubt() -> None:
    documents = opened()
    for version in range(2, REMEMBERED + 3):
        documents.change(URI, version, [Change("x", Position(0, 0), Position(0, 0))])
    document = documents.change(URI, 1, [Change("y", Position(0, 0), Position(0, 0))])
    assert document is not None
    assert document.in_doubt


def whole(*texts: str) -> Documents:
    """A document that was opened as the last of these, which come behind it one after the other."""
    documents = Documents()
    documents.open(URI, "python", 21, texts[-1])
    for version, text in enumerate(texts, 6):
        documents.change(URI, version, [Change(text)])
    return documents


def test_texts_that_led_to_the_known_one_and_come_behind_it_leave_no_doubt() -> None:
    """ALE keeps them for a server that is starting."""
    document = whole("p", "pr", "pri").get(URI)
    assert document is not None
    assert (str(document.text), document.version, document.in_doubt) == ("pri", 21, False)


def test_an_earlier_text_than_the_known_one_leaves_a_doubt() -> None:
    documents = whole("pri")
    document = documents.change(URI, 7, [Change("pr")])
    assert document is not None
    assert (str(document.text), document.in_doubt) == ("pri", True)


def test_a_doubt_that_is_of_something_else_stays() -> None:
    documents = whole("pri")
    documents.doubt(URI)
    for text in ("pr", "pri"):
        document = documents.change(URI, 7, [Change(text)])
        assert document is not None
        assert document.in_doubt
