"""What is asked for once a suggestion has been taken."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from foretype.documents.store import Event, Kind
from foretype.flows.completion.ahead import after
from foretype.flows.completion.offers import Offer
from foretype.flows.completion.situation import Situation
from foretype.postprocess.suggestion import Suggestion

from unit.flows.completion.scripted import Desk, accepted, at, by_hand, soon, typed

HERE = at("def add(a, b):\n    total = █\n\nprint(add(1, 2))\n")
TAKEN = typed(HERE, "a + b")


def text_of(situation: Situation) -> str:
    return situation.document.before(situation.document.text.end)


async def take(desk: Desk, situation: Situation = HERE) -> Offer:
    """What the editor does when the user takes the first suggestion."""
    offer = (await soon(desk.completion.suggest(situation)))[0]
    desk.completion.accepted(offer.id)
    return offer


@pytest.mark.parametrize(
    ("marked", "offer"),
    [
        ("x = █\n", Offer("1", "one")),
        ("x = f(█)\n", Offer("1", "a, b)", 1)),
        ("if x:\n    █\n", Offer("1", "one()\n    two()")),
        ("if x:\r\n    █\r\n", Offer("1", "one()\r\n    two()")),
        ("x = █", Offer("1", "one\n")),
    ],
)
def test_the_text_that_a_suggestion_makes(marked: str, offer: Offer) -> None:
    here = at(marked)
    then = after(offer, here)
    assert text_of(then) == accepted(here, Suggestion(offer.text, offer.replace_after))
    assert then.document.before(then.place).endswith(offer.text)


async def test_what_follows_an_accepted_suggestion_is_known_when_it_is_asked_for(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    ahead = desk.model.enqueue("\n    return total\n\n\ndef ")
    await take(desk)
    await desk.at_rest()
    assert ahead.order is not None
    assert text_of(ahead.order.situation) == text_of(TAKEN)
    assert ahead.order.situation.place == TAKEN.place
    assert await desk.shown(TAKEN) == ["\n    return total"]
    assert desk.calls == 2


async def test_a_request_joins_what_is_asked_ahead(desk: Desk) -> None:
    go_on = asyncio.Event()
    desk.model.enqueue("a + b")
    ahead = desk.model.enqueue(go_on, "\n    return total")
    await take(desk)
    desk.set(debounce_ms=3_600_000)
    await ahead.has_begun()
    asking = desk.asking(TAKEN)
    await asyncio.sleep(0)
    go_on.set()
    assert await asking == ["\n    return total"]


async def test_a_line_that_is_not_over_gets_its_rest(desk: Desk) -> None:
    desk.model.enqueue("a")
    ahead = desk.model.enqueue(", b")
    await take(desk, at("x = 12345\ny = f(█)\n"))
    await desk.at_rest()
    assert ahead.order is not None
    assert not ahead.order.cursor.multiline


async def test_one_line_where_the_user_wants_one(desk: Desk) -> None:
    desk.set(multiline=False)
    desk.model.enqueue("a + b")
    ahead = desk.model.enqueue("")
    await take(desk)
    await desk.at_rest()
    assert ahead.order is not None
    assert not ahead.order.cursor.multiline


@pytest.mark.parametrize(
    "event",
    [
        Event(Kind.EDITED, typed(HERE, "b - ").document),
        Event(Kind.REPLACED, at("something else altogether\n\n█\n").document),
        Event(Kind.CLOSED, TAKEN.document),
    ],
    ids=["other keys", "another text", "closed"],
)
async def test_who_does_something_else_ends_it(desk: Desk, event: Event) -> None:
    desk.model.enqueue("a + b")
    ahead = desk.model.enqueue("\n", asyncio.Event())
    await take(desk)
    await ahead.has_begun()
    desk.completion.follow(event)
    await ahead.has_ended()
    assert not ahead.is_finished


async def test_the_accepted_text_itself_does_not_end_it(desk: Desk) -> None:
    go_on = asyncio.Event()
    desk.model.enqueue("a + b")
    ahead = desk.model.enqueue(go_on, "\n    return total")
    await take(desk)
    await ahead.has_begun()
    desk.completion.follow(Event(Kind.EDITED, TAKEN.document))
    elsewhere = replace(HERE.document, key="file:///project/b.py")
    desk.completion.follow(Event(Kind.EDITED, elsewhere))
    go_on.set()
    await desk.at_rest()
    assert ahead.is_finished


async def test_a_second_acceptance_ends_the_first(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    first = desk.model.enqueue(asyncio.Event())
    desk.model.enqueue("c")
    second = desk.model.enqueue("")
    await take(desk)
    await first.has_begun()
    await take(desk, at("y = 1234567\nz = █\n", uri="file:///project/b.py"))
    await first.has_ended()
    await desk.at_rest()
    assert second.order is not None


async def test_an_editor_that_asks_before_it_tells_is_not_disturbed(desk: Desk) -> None:
    """Its request for the new text waits for the next key; it is the same question."""
    desk.set(debounce_ms=20)
    desk.model.enqueue("a + b")
    desk.model.enqueue("\n    return total")
    offer = (await soon(desk.completion.suggest(HERE)))[0]
    asking = desk.asking(TAKEN)
    await asyncio.sleep(0)
    desk.completion.accepted(offer.id)
    await asking
    assert desk.calls == 2


async def test_nothing_is_asked_where_nothing_would_be_shown(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    offer = (await soon(desk.completion.suggest(HERE)))[0]
    desk.has_secrets = True
    desk.completion.accepted(offer.id)
    desk.completion.accepted(offer.id)
    desk.completion.accepted("no such id")
    assert desk.calls == 1


async def test_what_is_known_is_not_asked_ahead(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    desk.model.enqueue("")
    offer = (await soon(desk.completion.suggest(HERE)))[0]
    await desk.shown(TAKEN)
    desk.completion.accepted(offer.id)
    await desk.at_rest()
    assert desk.calls == 2


# Thinking better of it


@pytest.mark.parametrize("outcome", ["accepted", "rejected"])
async def test_who_is_back_where_a_suggestion_was_taken_or_rejected_is_left_alone(
    desk: Desk, outcome: str
) -> None:
    desk.model.enqueue("a + b")
    offer = (await soon(desk.completion.suggest(HERE)))[0]
    desk.writers = []
    getattr(desk.completion, outcome)(offer.id)
    assert await desk.shown(HERE) == []
    assert await desk.shown(by_hand(HERE)) == ["a + b"]
    assert await desk.shown(typed(HERE, "a")) == [" + b"]
