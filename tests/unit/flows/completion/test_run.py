"""One model writing at one place, and whoever waits for it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from contextvars import ContextVar

import pytest

from foretype.flows.completion.run import Run, typed_between, whole_lines
from foretype.flows.completion.situation import Situation
from foretype.flows.completion.writer import CutOff, Order
from foretype.stream.cursor import Cursor
from foretype.stream.filters import COMPLETE, Deltas

from unit.flows.completion.scripted import PATIENCE_S, ScriptedWriter, Told, at, typed

HERE = at("def add(a, b):\n    return █\n")


@pytest.fixture
def model() -> ScriptedWriter:
    return ScriptedWriter()


def run(model: ScriptedWriter, situation: Situation = HERE, pause_s: float = 0.0) -> Run:
    return Run(Order(situation, Cursor(), 64, 2.0), pause_s, model.write, lambda run: None)


async def reading(run: Run) -> asyncio.Task[str | None]:
    """A reader that waits already."""
    task = asyncio.get_running_loop().create_task(run.read())
    await asyncio.sleep(0)
    return task


async def writes_first(run: Run, told: Told) -> None:
    """Until the model has written its first pieces, and waits."""
    await told.has_begun()
    await asyncio.sleep(0)


async def test_a_reader_gets_the_whole_text(model: ScriptedWriter) -> None:
    model.enqueue("a", " + ", "b")
    running = run(model)
    assert await running.read() == "a + b"
    assert not running.is_cut_off


async def test_what_was_cut_off_is_still_there_and_known_to_be(model: ScriptedWriter) -> None:
    model.enqueue("a\nb", CutOff())
    running = run(model)
    assert await running.read() == "a\n"
    assert (running.text, running.is_cut_off) == ("a\nb", True)


async def test_a_failure_reaches_the_reader(model: ScriptedWriter) -> None:
    told = model.enqueue("a", ValueError("a defect of ours"))
    with pytest.raises(ValueError, match="a defect"):
        await run(model).read()
    assert told.ended.is_set()


@pytest.mark.parametrize(
    ("written", "keys", "fits"),
    [
        ("a + b", "", True),
        ("a + b", "a +", True),
        ("a + b", "a + b", True),
        ("a", "a +", True),
        ("", "a", True),
        ("a + b", "b", False),
        ("a", "ab", True),
        ("a + b", "a + bc", True),
        ("a + b", "a - ", False),
    ],
)
async def test_it_fits_while_what_is_typed_is_what_is_written(
    model: ScriptedWriter, written: str, keys: str, *, fits: bool
) -> None:
    told = model.enqueue(*filter(None, [written]), asyncio.Event())
    running = run(model)
    reader = await reading(running)
    await writes_first(running, told)
    assert running.fits(typed(HERE, keys)) is fits
    running.give_up()
    assert await reader is None


async def test_it_does_not_fit_before_the_model_is_asked(model: ScriptedWriter) -> None:
    """A key within the pause begins it anew."""
    running = run(model, pause_s=3600)
    reader = await reading(running)
    assert not running.fits(HERE)
    running.give_up()
    assert await reader is None
    assert not model.asked


async def test_it_does_not_fit_once_it_is_given_up_or_over(model: ScriptedWriter) -> None:
    told = model.enqueue("a", asyncio.Event())
    running = run(model)
    reader = await reading(running)
    await writes_first(running, told)
    running.give_up()
    assert not running.fits(HERE)
    assert await reader is None
    assert not running.fits(HERE)


async def test_what_was_written_is_handed_on_before_it_is_over(model: ScriptedWriter) -> None:
    handed_on = []

    def finish(run: Run) -> None:
        handed_on.append((run.result, run.task.done()))

    model.enqueue("a", " + b")
    assert await Run(Order(HERE, Cursor(), 64, 2.0), 0.0, model.write, finish).read() == "a + b"
    assert handed_on == [("a + b", False)]


async def test_what_fails_or_is_given_up_hands_on_nothing(model: ScriptedWriter) -> None:
    handed_on: list[Run] = []
    model.enqueue("a\n", ValueError("a defect"))
    with pytest.raises(ValueError, match="a defect"):
        await Run(Order(HERE, Cursor(), 64, 2.0), 0.0, model.write, handed_on.append).read()
    told = model.enqueue("a\n", asyncio.Event())
    running = Run(Order(HERE, Cursor(), 64, 2.0), 0.0, model.write, handed_on.append)
    reader = await reading(running)
    await writes_first(running, told)
    running.give_up()
    assert await reader is None
    assert not handed_on


async def test_a_reader_who_comes_late_gets_the_text(model: ScriptedWriter) -> None:
    model.enqueue("a + b")
    running = run(model)
    await asyncio.wait({running.task})
    assert await running.read() == "a + b"


async def test_a_complete_text_waits_for_nothing_behind_it(model: ScriptedWriter) -> None:
    """The server may still tell what it cost; nobody who leaves or types on ends that."""
    go_on = asyncio.Event()
    told = model.enqueue("a + b", COMPLETE, go_on)
    running = run(model)
    assert await running.read() == "a + b"
    assert await running.read() == "a + b"
    assert not running.fits(typed(HERE, "a"))
    running.give_up()
    go_on.set()
    await asyncio.wait({running.task}, timeout=PATIENCE_S)
    assert told.is_finished


async def test_what_goes_wrong_behind_a_complete_text_takes_nothing_from_it(model: ScriptedWriter) -> None:
    handed_on: list[str] = []
    model.enqueue("a + b", COMPLETE, CutOff())
    running = Run(Order(HERE, Cursor(), 64, 2.0), 0.0, model.write, lambda run: handed_on.append(run.result))
    await asyncio.wait({running.task}, timeout=PATIENCE_S)
    assert handed_on == ["a + b"] == [await running.read()]


async def test_a_later_reader_takes_over(model: ScriptedWriter) -> None:
    go_on = asyncio.Event()
    told = model.enqueue("a", go_on, " + b")
    running = run(model)
    first = await reading(running)
    await writes_first(running, told)
    second = await reading(running)
    assert await first is None
    assert not told.ended.is_set()
    go_on.set()
    assert await second == "a + b"
    assert told.is_finished


async def test_a_cancelled_reader_closes_the_model_at_once(model: ScriptedWriter) -> None:
    told = model.enqueue("a", asyncio.Event())
    running = run(model)
    reader = await reading(running)
    await told.has_begun()
    reader.cancel()
    await asyncio.wait({reader, running.task}, timeout=PATIENCE_S)
    assert told.ended.is_set()
    assert not told.is_finished


async def test_a_cancelled_reader_who_was_superseded_closes_nothing(model: ScriptedWriter) -> None:
    go_on = asyncio.Event()
    told = model.enqueue(go_on, "a")
    running = run(model)
    first = await reading(running)
    await told.has_begun()
    second = asyncio.get_running_loop().create_task(running.read())
    first.cancel()
    with suppress(asyncio.CancelledError):
        await first
    go_on.set()
    assert await second == "a"


async def test_the_model_does_not_write_on_behalf_of_the_request_that_caused_it() -> None:
    """A later request may go on reading when that one is cancelled, and what it left behind with it."""
    request: ContextVar[str] = ContextVar("request", default="none")

    async def write(order: Order) -> Deltas:
        yield request.get()

    request.set("the first")
    assert await Run(Order(HERE, Cursor(), 64, 2.0), 0.0, write, lambda run: None).read() == "none"


async def test_given_up_in_its_pause_it_never_asks(model: ScriptedWriter) -> None:
    running = run(model, pause_s=3600)
    reader = await reading(running)
    reader.cancel()
    with suppress(asyncio.CancelledError):
        await reader
    await asyncio.wait({running.task})
    assert not model.asked


@pytest.mark.parametrize(
    ("begun", "now", "expected"),
    [
        (HERE, HERE, ""),
        (HERE, typed(HERE, "a + b"), "a + b"),
        (HERE, typed(HERE, "a\n    "), "a\n    "),
        (at("x = █\r\n"), typed(at("x = █\r\n"), "1\r\ny"), "1\r\ny"),
        (typed(HERE, "ab"), typed(HERE, "a"), None),
        (HERE, typed(HERE, "(", auto_closed=")"), None),
        (HERE, at("def add(a, c):\n    return █\n"), None),
        (HERE, at("def add(a, b):\n    return█\n"), None),
        (HERE, at("def add(a, b):\n    return █\n", uri="file:///b.py"), None),
        (HERE, at("def add(a, b):\n    return █x\n"), None),
    ],
)
def test_what_was_typed_between(begun: Situation, now: Situation, expected: str | None) -> None:
    assert typed_between(begun, now) == expected


@pytest.mark.parametrize(
    ("text", "whole"), [("a\nb\nc", "a\nb\n"), ("a\n", "a\n"), ("a", ""), ("", ""), ("\n", "\n")]
)
def test_whole_lines(text: str, whole: str) -> None:
    assert whole_lines(text) == whole
