"""What a menu is offered that writes left of the cursor alone, and when it has asked twice."""

from __future__ import annotations

import pytest

from foretype.flows.completion.offers import Offer
from foretype.lsp import completion
from foretype.lsp.older_menu import Questions, left_of_the_cursor

from unit.flows.completion.scripted import at


@pytest.mark.parametrize(
    ("marked", "text", "covered", "left"),
    [
        ("f(█\n", "x)", 0, ["x)"]),
        ("f(█)\n", "x)", 1, ["x"]),
        ("f([█])\n", "é😀])", 2, ["é😀"]),
        ("f(█)\n", ")", 1, []),
        ("f(█)\n", "x).y", 1, []),
    ],
    ids=["nothing behind", "a closer", "two closers", "only a closer", "more than a closer"],
)
def test_what_stands_behind_the_cursor_is_left_as_it_is(
    marked: str, text: str, covered: int, left: list[str]
) -> None:
    """Kakoune leaves it there, whatever the range of an entry says: it would be there twice."""
    found = list(left_of_the_cursor([Offer("7", text, covered)], at(marked)))
    assert found == [Offer("7", text) for text in left]


def test_an_entry_may_be_filtered_by_all_that_it_writes() -> None:
    entry = completion.item(Offer("7", "int(x)"), at("pr█\n"), in_markdown=True, is_filtered_by_all=True)
    assert entry.filter_text == "print(x)"


def test_a_question_is_put_again_where_nothing_has_changed() -> None:
    questions, here = Questions(), at("pr█\n")
    assert not questions.is_put_again(here)
    assert questions.is_put_again(here)
    assert not questions.is_put_again(at("pri█\n"))
    assert not questions.is_put_again(here)
