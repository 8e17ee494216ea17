"""Timers that end what is awaited, and leave other cancellations alone."""

from __future__ import annotations

import asyncio

import pytest

from foretype.backends.deadlines import Countdown, Deadlines, GiveUpAfter, Stage, TooLateError


async def forever() -> None:
    await asyncio.Event().wait()


async def test_a_wait_that_takes_too_long_ends() -> None:
    with pytest.raises(TooLateError) as late, GiveUpAfter(0.01, Stage.CONNECT):
        await forever()
    assert late.value.stage is Stage.CONNECT


async def test_what_is_done_in_time_is_left_alone() -> None:
    with GiveUpAfter(60, Stage.CONNECT):
        await asyncio.sleep(0)


async def test_an_error_inside_passes_through() -> None:
    with pytest.raises(KeyError), GiveUpAfter(60, Stage.CONNECT):
        raise KeyError


async def test_a_cancellation_from_outside_stays_one() -> None:
    async def waits() -> None:
        with GiveUpAfter(60, Stage.CONNECT):
            await forever()

    task = asyncio.create_task(waits())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_the_task_goes_on_after_a_timer_ran_out() -> None:
    async def waits_twice() -> str:
        for _ in range(2):
            with pytest.raises(TooLateError), GiveUpAfter(0.01, Stage.CONNECT):
                await forever()
        await asyncio.sleep(0)
        return "done"

    assert await asyncio.create_task(waits_twice()) == "done"


@pytest.mark.parametrize(
    ("limit_s", "total_s", "stage"), [(0.01, 60, Stage.NEXT_BYTES), (60, 0.01, Stage.WHOLE)]
)
async def test_the_shorter_of_two_deadlines_counts(limit_s: float, total_s: float, stage: Stage) -> None:
    countdown = Countdown(Deadlines(total_s=total_s))
    with pytest.raises(TooLateError) as late, countdown.wait(Stage.NEXT_BYTES, limit_s):
        await forever()
    assert late.value.stage is stage
