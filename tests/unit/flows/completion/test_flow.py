"""The recipe of a completion, with models that write what they are told."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest

from foretype.errors import OfflineError, StreamInterruptedError, UnauthorizedError
from foretype.flows.completion.flow import cursor_of
from foretype.flows.completion.writer import CutOff
from foretype.postprocess.suggestion import Suggestion

from unit.flows.completion.scripted import Desk, at, by_hand, typed

HERE = at("def add(a, b):\n    return █\n\nprint(add(1, 2))\n")
BLOCK = at("def add(a, b):\n    █\n")


async def cancel(asking: asyncio.Task[list[str]]) -> None:
    asking.cancel()
    with suppress(asyncio.CancelledError):
        await asking


# The cheap exits, in their order


async def test_what_the_model_writes_is_shown(desk: Desk) -> None:
    told = desk.model.enqueue("a", " + b")
    assert await desk.shown(HERE) == ["a + b"]
    assert told.order is not None
    assert (told.order.situation, told.order.max_tokens, told.order.deadline_s) == (HERE, 128, 4.0)
    assert desk.completion.answered_by == "first"


async def test_where_nothing_is_wanted_nothing_is_asked(desk: Desk) -> None:
    assert await desk.shown(at("x = 1█")) == []
    desk.has_secrets = True
    assert await desk.shown(by_hand(HERE)) == []
    assert desk.calls == 0


async def test_what_is_known_is_not_shown_where_nothing_is_wanted(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    await desk.shown(HERE)
    desk.has_secrets = True
    assert await desk.shown(HERE) == []


async def test_what_is_known_is_not_asked_for_again(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    assert await desk.shown(HERE) == ["a + b"]
    assert await desk.shown(HERE) == ["a + b"]
    for keys, left in (("a", " + b"), ("a + ", "b")):
        assert await desk.shown(typed(HERE, keys)) == [left]
    assert desk.calls == 1


async def test_nothing_to_say_is_not_asked_for_again(desk: Desk) -> None:
    desk.model.enqueue("")
    assert await desk.shown(HERE) == []
    assert await desk.shown(HERE) == []
    assert desk.calls == 1


async def test_another_text_is_asked_for(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    desk.model.enqueue("c")
    await desk.shown(HERE)
    assert await desk.shown(typed(HERE, "b - ")) == ["c"]


async def test_a_running_answer_is_joined_while_it_fits(desk: Desk) -> None:
    go_on = asyncio.Event()
    told = desk.model.enqueue("a", go_on, " + b")
    first = desk.asking(HERE)
    await told.has_begun()
    second = desk.asking(typed(HERE, "a "))
    assert await first == []
    go_on.set()
    assert await second == ["+ b"]
    assert desk.calls == 1


async def test_a_running_answer_that_does_not_fit_is_closed(desk: Desk) -> None:
    told = desk.model.enqueue("a + ", asyncio.Event())
    desk.model.enqueue("c")
    first = desk.asking(HERE)
    await told.has_begun()
    await asyncio.sleep(0)
    assert await desk.shown(typed(HERE, "b - ")) == ["c"]
    assert await first == []
    await told.has_ended()
    assert not told.is_finished


async def test_where_a_running_answer_turns_out_otherwise_the_model_is_asked_anew(desk: Desk) -> None:
    go_on = asyncio.Event()
    told = desk.model.enqueue(go_on, "a + b")
    desk.model.enqueue("- c")
    first = desk.asking(HERE)
    await told.has_begun()
    second = desk.asking(typed(HERE, "b "))
    assert await first == []
    go_on.set()
    assert await second == ["- c"]
    assert desk.calls == 2


async def test_each_document_has_a_run_of_its_own(desk: Desk) -> None:
    go_on = asyncio.Event()
    told = desk.model.enqueue(go_on, "a + b")
    desk.model.enqueue("c")
    first = desk.asking(HERE)
    await told.has_begun()
    other = at("y = 1234567\nx = █\n", uri="file:///project/b.py")
    assert await desk.shown(other) == ["c"]
    go_on.set()
    assert await first == ["a + b"]


# When a model is asked


@pytest.mark.parametrize("debounce_ms", [5, None], ids=["fixed", "by the rhythm of the keys"])
async def test_keys_in_a_burst_ask_once_for_the_last_state(desk: Desk, debounce_ms: int | None) -> None:
    desk.set(debounce_ms=debounce_ms)
    desk.model.enqueue(" + b")
    now = HERE
    asking = []
    for key in "a12345":
        now = typed(now, key)
        asking.append(desk.asking(now))
        await asyncio.sleep(0)
    assert await asyncio.gather(*asking) == [[], [], [], [], [], [" + b"]]
    assert [told.order and told.order.situation for told in desk.model.asked] == [now]


async def test_asked_by_hand_nothing_waits(desk: Desk) -> None:
    desk.set(debounce_ms=3_600_000)
    desk.model.enqueue("a + b")
    assert await desk.shown(by_hand(HERE)) == ["a + b"]


async def test_a_cancelled_request_closes_the_model(desk: Desk) -> None:
    told = desk.model.enqueue("a", asyncio.Event())
    asking = desk.asking(HERE)
    await told.has_begun()
    await cancel(asking)
    await told.has_ended()


async def test_a_request_cancelled_in_its_pause_asks_nobody(desk: Desk) -> None:
    desk.set(debounce_ms=3_600_000)
    asking = desk.asking(HERE)
    await asyncio.sleep(0)
    await cancel(asking)
    assert desk.calls == 0


async def test_a_model_is_stopped_when_no_more_is_wanted(desk: Desk) -> None:
    told = desk.model.enqueue("a + b\n", asyncio.Event())
    assert await desk.shown(HERE) == ["a + b"]
    assert told.ended.is_set()
    assert not told.is_finished


# Models that fail


async def test_the_next_model_is_asked_when_nothing_has_arrived(desk: Desk) -> None:
    desk.model.enqueue(OfflineError("first cannot be reached"))
    desk.writers[1].enqueue("a + b")
    assert await desk.shown(HERE) == ["a + b"]
    assert [str(problem) for problem in desk.problems] == ["first cannot be reached"]
    assert desk.completion.answered_by == "second"


async def test_no_second_model_once_text_has_arrived(desk: Desk) -> None:
    desk.model.enqueue("one()\n", "    tw", StreamInterruptedError("broke off"))
    assert await desk.shown(BLOCK) == ["one()"]
    assert len(desk.problems) == 1


@pytest.mark.parametrize("cut", [CutOff(), StreamInterruptedError("broke off")])
async def test_of_a_text_that_is_cut_off_whole_lines_are_shown(desk: Desk, cut: Exception) -> None:
    desk.model.enqueue("one()\n    two()\n    thr", cut)
    assert await desk.shown(BLOCK) == ["one()\n    two()"]


@pytest.mark.parametrize("cut", [CutOff(), StreamInterruptedError("broke off")])
async def test_half_a_line_is_not_shown_and_is_asked_for_again(desk: Desk, cut: Exception) -> None:
    desk.model.enqueue("a +", cut)
    desk.model.enqueue("a + b")
    assert await desk.shown(HERE) == []
    assert await desk.shown(HERE) == ["a + b"]


async def test_where_every_model_failed_they_are_asked_again(desk: Desk) -> None:
    for writer in desk.writers:
        writer.enqueue(OfflineError(f"{writer.name} cannot be reached"))
    assert await desk.shown(HERE) == []
    assert len(desk.problems) == 2
    desk.model.enqueue("a + b")
    assert await desk.shown(HERE) == ["a + b"]


async def test_a_defect_is_not_hidden(desk: Desk) -> None:
    desk.model.enqueue(ValueError("a defect of ours"))
    with pytest.raises(ValueError, match="a defect"):
        await desk.shown(HERE)


async def test_without_any_model_nothing_is_shown(desk: Desk) -> None:
    desk.writers.clear()
    assert await desk.shown(HERE) == []


# What is remembered, and for how long


async def test_other_settings_would_say_something_else(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    desk.model.enqueue("b + a")
    await desk.shown(HERE)
    desk.completion.start_over()
    assert await desk.shown(HERE) == ["b + a"]


async def test_what_still_runs_under_other_settings_is_given_up(desk: Desk) -> None:
    told = desk.model.enqueue("a", asyncio.Event())
    desk.model.enqueue("b + a")
    asking = desk.asking(HERE)
    await told.has_begun()
    desk.completion.start_over()
    assert await asking == []
    assert await desk.shown(HERE) == ["b + a"]
    await told.has_ended()


async def test_an_answer_that_ends_as_settings_change_is_not_remembered(desk: Desk) -> None:
    told = desk.model.enqueue("a + b")
    asking = desk.asking(HERE)
    await told.has_ended()
    desk.completion.start_over()
    await asking
    desk.model.enqueue("b + a")
    assert await desk.shown(HERE) == ["b + a"]


async def test_an_answer_that_has_just_ended_is_not_asked_for_again(desk: Desk) -> None:
    """However few steps lie between its end and the moment when it is remembered."""
    for turns in range(8):
        here = at(f"# {turns} and some more\nx = █\n")
        go_on = asyncio.Event()
        told = desk.model.enqueue(go_on, "1 + 2")
        first = desk.asking(here)
        await told.has_begun()
        go_on.set()
        for _ in range(turns):
            await asyncio.sleep(0)
        assert await desk.shown(typed(here, "1 ")) == ["+ 2"]
        await first
    assert desk.calls == 8


async def test_nothing_is_kept_of_a_run_that_is_over(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    await desk.shown(HERE)
    told = desk.model.enqueue(asyncio.Event())
    asking = desk.asking(typed(HERE, "b"))
    await told.has_begun()
    await cancel(asking)
    await desk.at_rest()
    assert not desk.completion._runs


async def test_closing_ends_what_runs(desk: Desk) -> None:
    told = desk.model.enqueue("a", asyncio.Event())
    asking = desk.asking(HERE)
    await told.has_begun()
    await desk.completion.close()
    assert told.ended.is_set()
    assert await asking == []


async def test_what_was_asked_of_an_older_text_is_not_shown_in_a_newer_one(desk: Desk) -> None:
    go_on = asyncio.Event()
    told = desk.model.enqueue(go_on, "a + b")
    asking = desk.asking(HERE)
    await told.has_begun()
    desk.replaced = HERE.document
    go_on.set()
    assert await asking == []
    assert desk.completion.offers.tally.shown == 0
    assert await desk.shown(typed(HERE, "a")) == [" + b"]
    assert desk.calls == 1


# Menus, which do not wait


async def test_a_menu_gets_what_is_known_in_time(desk: Desk) -> None:
    desk.model.enqueue("a + b")
    assert await desk.in_menu(HERE) == ["a + b"]


async def test_a_menu_gets_later_what_comes_late(desk: Desk) -> None:
    go_on = asyncio.Event()
    told = desk.model.enqueue(go_on, "a + b")
    assert await desk.in_menu(HERE, patience_s=0.001) == []
    await told.has_begun()
    go_on.set()
    await desk.at_rest()
    assert await desk.in_menu(HERE) == ["a + b"]
    assert desk.calls == 1


async def test_a_menu_that_is_cancelled_closes_the_model(desk: Desk) -> None:
    told = desk.model.enqueue(asyncio.Event())
    asking = asyncio.get_running_loop().create_task(desk.in_menu(HERE))
    await told.has_begun()
    asking.cancel()
    await told.has_ended()
    await asyncio.wait({asking})
    assert asking.cancelled()


# The instant answer, from the user's own code


async def test_an_instant_answer_is_shown_while_the_model_writes(desk: Desk) -> None:
    desk.instant = Suggestion("a +")
    go_on = asyncio.Event()
    told = desk.model.enqueue(go_on, "a + b")
    assert await desk.shown(HERE) == ["a +"]
    assert desk.completion.answered_by == "builtin:workspace"
    await told.has_begun()
    go_on.set()
    await desk.at_rest()
    assert await desk.shown(HERE) == ["a + b"]


async def test_another_answer_of_the_model_stands_behind_the_instant_one(desk: Desk) -> None:
    desk.instant = Suggestion("a + b")
    go_on = asyncio.Event()
    desk.model.enqueue(go_on, "b + a")
    assert await desk.shown(HERE) == ["a + b"]
    go_on.set()
    await desk.at_rest()
    assert await desk.shown(HERE) == ["a + b", "b + a"]


async def test_a_model_that_answers_at_once_needs_no_instant_answer(desk: Desk) -> None:
    desk.instant = Suggestion("instant")
    desk.model.enqueue("a + b")
    assert await desk.shown(HERE) == ["a + b"]


async def test_a_request_cancelled_in_the_head_start_of_the_model_closes_it(desk: Desk) -> None:
    told = desk.model.enqueue(asyncio.Event())
    asking = desk.asking(HERE)
    await told.has_begun()
    await cancel(asking)
    await told.has_ended()


async def test_an_instant_answer_outlives_a_model_that_fails(desk: Desk) -> None:
    desk.instant = Suggestion("a + b")
    for writer in desk.writers:
        writer.enqueue(UnauthorizedError("no"))
    await desk.shown(HERE)
    await desk.at_rest()
    assert await desk.shown(HERE) == ["a + b"]


async def test_whoever_asks_by_hand_waits_for_the_model(desk: Desk) -> None:
    desk.instant = Suggestion("instant")
    desk.model.enqueue("a + b")
    assert await desk.shown(by_hand(HERE)) == ["a + b"]


async def test_no_instant_answer_where_it_is_switched_off(desk: Desk) -> None:
    desk.instant = Suggestion("instant")
    desk.set(instant=False)
    desk.model.enqueue("a + b")
    assert await desk.shown(HERE) == ["a + b"]


# One line or many


@pytest.mark.parametrize(
    ("wanted", "is_many"), [(None, True), (True, True), (False, False)], ids=["auto", "always", "never"]
)
def test_the_user_may_decide_how_many_lines(desk: Desk, wanted: bool | None, *, is_many: bool) -> None:
    desk.set(multiline=wanted)
    assert cursor_of(BLOCK, desk.settings).multiline is is_many


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_the_cursor_of_a_document_with_any_line_end(desk: Desk, line_end: str) -> None:
    marked = "a\nb\nc█d\ne\n".replace("\n", line_end)
    cursor = cursor_of(at(marked), desk.settings)
    assert (cursor.before, cursor.after) == ("c", "d")
    assert (cursor.above, cursor.below) == (("a", "b"), ("e", ""))
    assert cursor.eol == line_end


async def test_a_suggestion_has_the_line_ends_of_its_document(desk: Desk) -> None:
    desk.model.enqueue("one()\n    two()")
    here = at("def add(a, b):\r\n    █\r\n")
    assert await desk.shown(here) == ["one()\r\n    two()"]
    assert await desk.shown(typed(here, "one()\r\n    ")) == ["two()"]
