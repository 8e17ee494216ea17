"""A place in a document, and the text near it."""

from __future__ import annotations

import pytest

from foretype.documents.text import Place
from foretype.flows.completion.situation import NEAR_CHARACTERS, Trigger

from unit.flows.completion.scripted import at, by_hand, typed


def test_the_cursor_divides_its_line() -> None:
    situation = at("def f():\n    return █g(1)\nx = 2\n")
    assert situation.place == Place(1, 11)
    assert (situation.line_before, situation.line_after) == ("    return ", "g(1)")


@pytest.mark.parametrize(
    ("marked", "before", "after"),
    [
        ("def f():\n    █", "def f():\n    ", "\n"),
        ("a\nb█c\nd\n", "a\nb", "c\nd\n"),
        ("a\r\nb█c\r\nd\r\n", "a\r\nb", "c\nd\r\n"),
        ("█", "", "\n"),
        ("é😀█\n", "é😀", "\n"),
    ],
)
def test_what_is_near(marked: str, before: str, after: str) -> None:
    assert (at(marked).near_before, at(marked).near_after) == (before, after)


def test_near_is_never_far() -> None:
    situation = at("x" * 3_000_000 + "█" + "y" * 3_000_000)
    assert len(situation.near_before) == len(situation.near_after) == NEAR_CHARACTERS


def test_typing_moves_the_cursor_and_what_is_behind_it_stays() -> None:
    situation = typed(at("f█\n"), "(", auto_closed=")")
    assert (situation.line_before, situation.line_after) == ("f(", ")")


def test_who_asked() -> None:
    assert not at("█").is_invoked
    assert by_hand(at("█")).trigger is Trigger.INVOKED
