"""When a model on this machine is made ready."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from foretype.config.settings import CompleteSettings, Settings
from foretype.documents.store import Event, Kind
from foretype.documents.text import Splice
from foretype.errors import NotReadyError
from foretype.flows.completion.local_warming import LocalWarming, line_of
from foretype.flows.completion.local_writer import LocalWriter
from foretype.flows.completion.situation import Situation

from unit.flows.completion.scripted import at, soon

DOCUMENT = at("x = 1\ny = 2\nz█").document
OPENED = Event(Kind.OPENED, DOCUMENT)
EDITED = Event(Kind.EDITED, DOCUMENT, (Splice(0, 1, ("x = 1\n", "y = 2\n")),))


class Watched:
    """A writer that notes what it is to warm for, and takes as long as it is let."""

    def __init__(self, problem: NotReadyError | None = None) -> None:
        self.warmed: asyncio.Queue[Situation] = asyncio.Queue()
        self.may_end = asyncio.Event()
        self.was_stopped = asyncio.Event()
        self.problem = problem

    async def warm(self, situation: Situation) -> None:
        self.warmed.put_nowait(situation)
        if self.problem is not None:
            raise self.problem
        try:
            await self.may_end.wait()
        except asyncio.CancelledError:
            self.was_stopped.set()
            raise


def warming(
    writer: Watched, settings: Settings | None = None, *, secret: bool = False, pause_s: float = 0.0
) -> LocalWarming:
    in_force = settings or Settings()
    return LocalWarming(
        lambda: in_force, lambda document: secret, lambda: cast("LocalWriter", writer), pause_s
    )


@pytest.mark.parametrize(("event", "line"), [(OPENED, 0), (EDITED, 1)])
async def test_opening_and_pausing_warm_for_the_line_one_is_likely_at(event: Event, line: int) -> None:
    writer = Watched()
    scene = warming(writer)
    scene.follow(event)
    assert (await soon(writer.warmed.get())).place.line == line == line_of(event)
    await scene.close()


async def test_the_next_key_ends_it() -> None:
    writer = Watched()
    scene = warming(writer)
    scene.follow(OPENED)
    await soon(writer.warmed.get())
    scene.follow(EDITED)
    await soon(writer.was_stopped.wait())
    await scene.close()


async def test_a_key_begins_nothing_before_the_pause_is_over() -> None:
    writer = Watched()
    scene = warming(writer, pause_s=60.0)
    for _ in range(3):
        scene.follow(EDITED)
    scene.follow(Event(Kind.CLOSED, DOCUMENT))
    await asyncio.sleep(0)
    await scene.close()
    assert writer.warmed.empty()


async def test_what_fails_is_left_to_the_request_that_needs_it() -> None:
    writer = Watched(NotReadyError("It is not here.", endpoint="local", model="m"))
    scene = warming(writer)
    scene.follow(OPENED)
    await soon(writer.warmed.get())
    await scene.close()


@pytest.mark.parametrize("is_secret", [True, False])
async def test_a_text_that_no_model_sees_warms_nothing(is_secret: bool) -> None:
    writer = Watched()
    settings = Settings(complete=CompleteSettings(enabled=is_secret))
    scene = warming(writer, settings, secret=is_secret)
    scene.follow(OPENED)
    await asyncio.sleep(0.01)
    assert writer.warmed.empty()
    await scene.close()
