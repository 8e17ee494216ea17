"""Up to three ways to go on, for who asks by hand."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from foretype.errors import OfflineError
from foretype.flows.completion.candidates import MOST, distinct
from foretype.postprocess.suggestion import Suggestion

from unit.flows.completion.scripted import Desk, at, by_hand, typed

HERE = at("def add(a, b):\n    return █\n\nprint(add(1, 2))\n")
BY_HAND = by_hand(HERE)


async def test_by_hand_three_are_offered(desk: Desk) -> None:
    for text in ("a + b", "b + a", "sum((a, b))"):
        desk.model.enqueue(text)
    assert await desk.shown(BY_HAND) == ["a + b", "b + a", "sum((a, b))"]
    temperatures = [told.order.temperature for told in desk.model.asked if told.order]
    assert temperatures[0] == 0
    assert all(0 < temperature <= 1 for temperature in temperatures[1:])


async def test_while_typing_one_is_offered(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    assert await desk.shown(HERE) == ["a + b"]
    assert desk.calls == 1


async def test_what_looks_the_same_is_offered_once(desk: Desk) -> None:
    for text in ("a + b", "a + b\nand more", "b + a"):
        desk.model.enqueue(text)
    assert await desk.shown(BY_HAND) == ["a + b", "b + a"]


async def test_by_hand_where_one_is_known_the_others_are_asked_for_once(desk: Desk) -> None:
    for text in ("a + b", "b + a", "sum((a, b))"):
        desk.model.enqueue(text)
    assert await desk.shown(HERE) == ["a + b"]
    for _ in range(2):
        assert await desk.shown(BY_HAND) == ["a + b", "b + a", "sum((a, b))"]
    assert desk.calls == MOST


async def test_each_of_them_stays_while_it_is_typed(desk: Desk) -> None:
    for text in ("a + b", "b + a", "sum((a, b))"):
        desk.model.enqueue(text)
    await desk.shown(BY_HAND)
    assert await desk.shown(typed(HERE, "b ")) == ["+ a"]
    assert await desk.shown(typed(HERE, "sum")) == ["((a, b))"]
    assert desk.calls == MOST


async def test_they_are_written_side_by_side(desk: Desk) -> None:
    go_on = asyncio.Event()
    first = desk.model.enqueue("a + ", go_on, "b")
    others = [desk.model.enqueue(go_on, text) for text in ("b + a", "c")]
    asking = desk.asking(BY_HAND)
    for told in (first, *others):
        await told.has_begun()
    go_on.set()
    assert await asking == ["a + b", "b + a", "c"]


async def test_a_model_that_refuses_is_asked_once(desk: Desk) -> None:
    for writer in desk.writers:
        writer.enqueue(OfflineError("cannot be reached"))
    assert await desk.shown(BY_HAND) == []
    assert desk.calls == len(desk.writers)


async def test_one_that_fails_does_not_cost_the_rest(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    desk.model.enqueue(OfflineError("cannot be reached"))
    desk.writers[1].enqueue(OfflineError("cannot be reached"))
    desk.model.enqueue("b + a")
    assert await desk.shown(BY_HAND) == ["a + b", "b + a"]


async def test_those_that_take_too_long_are_stopped(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    slow = [desk.model.enqueue("b + ", asyncio.Event()) for _ in range(2)]
    assert await desk.shown(BY_HAND) == ["a + b"]
    for told in slow:
        await told.has_ended()


async def test_cancelled_together(desk: Desk) -> None:
    all_three = [desk.model.enqueue("a + ", asyncio.Event()) for _ in range(MOST)]
    asking = desk.asking(BY_HAND)
    for told in all_three:
        await told.has_begun()
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking
    for told in all_three:
        await told.has_ended()


async def test_a_newer_request_takes_the_first_and_ends_the_others(desk: Desk) -> None:
    go_on = asyncio.Event()
    desk.model.enqueue("a + ", go_on, "b")
    others = [desk.model.enqueue("a + ", asyncio.Event()) for _ in range(2)]
    asking = desk.asking(BY_HAND)
    for told in others:
        await told.has_begun()
    newer = desk.asking(typed(HERE, "a"))
    assert await asking == []
    for told in others:
        await told.has_ended()
    go_on.set()
    assert await newer == [" + b"]


def test_few_and_distinct() -> None:
    texts = ["a", "a ", "b", "c", "d"]
    assert [each.text for each in distinct(map(Suggestion, texts))] == ["a", "b", "c"]
