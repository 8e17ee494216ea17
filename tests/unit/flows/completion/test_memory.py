"""Suggestions that are known already."""

from __future__ import annotations

import pytest

from foretype.flows.completion.memory import MAX_TYPED_CHARACTERS, Memory
from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion

from unit.flows.completion.scripted import accepted, at, typed

HERE = at("def add(a, b):\n    return █\n\nprint(add(1, 2))\n")


def knowing(situation: Situation, *texts: str, replace_after: int = 0) -> Memory:
    memory = Memory()
    memory.remember(situation, [Suggestion(text, replace_after) for text in texts])
    return memory


def recalled(memory: Memory, situation: Situation) -> list[str] | None:
    known = memory.recall(situation)
    return None if known is None else [each.text for each in known]


def test_the_same_place() -> None:
    assert recalled(knowing(HERE, "a + b"), HERE) == ["a + b"]
    assert recalled(Memory(), HERE) is None


def test_what_is_left_of_a_suggestion_that_was_typed() -> None:
    memory = knowing(HERE, "a + b")
    assert recalled(memory, typed(HERE, "a")) == [" + b"]
    assert recalled(memory, typed(HERE, "a + ")) == ["b"]
    assert recalled(memory, typed(HERE, "a - ")) is None


def test_a_suggestion_typed_to_its_end_is_used_up() -> None:
    assert recalled(knowing(HERE, "a + b"), typed(HERE, "a + b")) is None


def test_typed_over_the_end_of_a_line() -> None:
    here = at("if x:\n    █\n")
    memory = knowing(here, "one()\n    two()")
    assert recalled(memory, typed(here, "one()\n    t")) == ["wo()"]


def test_typed_over_the_end_of_a_line_below_a_hundred_short_ones() -> None:
    here = at("x\n" * 300 + "█\n")
    memory = knowing(here, "one()\ntwo()")
    assert recalled(memory, typed(here, "one()\nt")) == ["wo()"]


def test_of_several_suggestions_those_that_go_on() -> None:
    memory = knowing(HERE, "a + b", "a - b", "b")
    assert recalled(memory, typed(HERE, "a ")) == ["+ b", "- b"]


def test_another_place_with_the_same_surroundings() -> None:
    near = "\n" + "# the same long comment above\n" * 20
    first = at("x = 1" + near + "y = █" + near + "z = 1")
    second = at("x = 2\nx = 3" + near + "y = █" + near + "z = 2", uri="file:///project/b.py")
    assert recalled(knowing(first, "4"), second) == ["4"]


@pytest.mark.parametrize(
    "changed",
    [
        "def add(a, b):\n    return █\n\nprint(add(1, 3))\n",
        "def add(a, b):\n    return █ \n\nprint(add(1, 2))\n",
        "def add(a, c):\n    return █\n\nprint(add(1, 2))\n",
        "def add(a, b):\n    retur█\n\nprint(add(1, 2))\n",
    ],
    ids=["text below", "blank behind", "text above", "text deleted"],
)
def test_other_surroundings(changed: str) -> None:
    assert recalled(knowing(HERE, "a + b"), at(changed)) is None


@pytest.mark.parametrize(
    ("begun", "suggested", "keys", "closed", "left"),
    [
        ("print█\n", "(add(1, 2))", "(", ")", "add(1, 2))"),
        ("print█\n", "(add(1, 2))", "(add(", "))", "1, 2))"),
        ("x = █\n", "[{'a': 1}]", "[{'", "'}]", "a': 1}]"),
        ("x = █\n", '"hello"', '"', '"', 'hello"'),
    ],
)
def test_brackets_that_the_editor_closed_are_written_again_and_replaced(
    begun: str, suggested: str, keys: str, closed: str, left: str
) -> None:
    here = at(begun)
    now = typed(here, keys, closed)
    known = knowing(here, suggested).recall(now)
    assert known == (Suggestion(left, len(closed)),)
    assert accepted(now, known[0]) == accepted(here, Suggestion(suggested))


def test_what_was_replaced_before_is_replaced_still() -> None:
    here = at("print(█)\n")
    memory = knowing(here, "add(1, 2))", replace_after=1)
    now = typed(here, "add(", auto_closed=")")
    known = memory.recall(now)
    assert known == (Suggestion("1, 2))", 2),)
    assert accepted(now, known[0]) == "print(add(1, 2))\n"


@pytest.mark.parametrize("suggested", ["(a", "(f(x)", "(a, b"])
def test_a_bracket_that_the_suggestion_does_not_close_stays(suggested: str) -> None:
    """The editor's own bracket would be replaced by nothing."""
    here = at("print█\n")
    assert recalled(knowing(here, suggested), typed(here, "(", auto_closed=")")) is None


def test_brackets_replaced_before_and_brackets_closed_since_are_both_written() -> None:
    here = at("f(g█)\n")
    memory = knowing(here, "(1))", "(2)", replace_after=1)
    assert recalled(memory, typed(here, "(", auto_closed=")")) == ["1))"]


def test_nothing_to_suggest_is_remembered_too() -> None:
    memory = knowing(HERE)
    assert memory.recall(HERE) == ()
    assert memory.recall(typed(HERE, "a")) is None


def test_nothing_to_suggest_before_a_bracket_is_said_of_that_bracket_only() -> None:
    assert knowing(at("print(█\n")).recall(at("print(█)\n")) is None


def test_line_ends_of_two_characters() -> None:
    here = at("if x:\r\n    █\r\ny = 2\r\n")
    memory = knowing(here, "one()\r\n    two()")
    assert recalled(memory, typed(here, "one()\r\n    ")) == ["two()"]
    assert recalled(memory, typed(here, "one()")) == ["\r\n    two()"]


def test_the_oldest_goes_when_there_are_too_many() -> None:
    memory = Memory(max_places=2)
    places = [at(f"x{number} = █\n") for number in range(3)]
    for place in places[:2]:
        memory.remember(place, [Suggestion("1")])
    memory.remember(places[0], [Suggestion("2")])
    memory.remember(places[2], [Suggestion("3")])
    assert [recalled(memory, place) for place in places] == [["2"], None, ["3"]]


def test_forgetting() -> None:
    memory = knowing(HERE, "a + b")
    memory.forget()
    assert memory.recall(HERE) is None


def test_forgetting_where_nothing_was_suggested() -> None:
    memory, silent = knowing(HERE, "a + b"), at("y = █\n")
    memory.remember(silent, [])
    assert recalled(memory, silent) == []
    memory.forget_silence()
    assert recalled(memory, silent) is None
    assert recalled(memory, HERE) == ["a + b"]


def test_only_so_much_typing_is_looked_back_over() -> None:
    here = at("x = █\n")
    text = "'" + "a" * (MAX_TYPED_CHARACTERS + 10) + "'"
    memory = knowing(here, text)
    assert recalled(memory, typed(here, text[:MAX_TYPED_CHARACTERS])) == [text[MAX_TYPED_CHARACTERS:]]
    assert recalled(memory, typed(here, text[: MAX_TYPED_CHARACTERS + 1])) is None
