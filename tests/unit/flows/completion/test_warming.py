"""What is made ready when a document opens."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from foretype.backends.endpoint import Endpoint
from foretype.backends.upstream import Upstream
from foretype.config.settings import CompleteSettings, Settings
from foretype.documents.document import LONG_LINE_CHARS
from foretype.documents.store import Event, Kind
from foretype.flows.completion.warming import Warming

from unit.flows.completion.scripted import at, soon

FAR = Endpoint("lab", "https://lab.example", "openai")
NEAR = Endpoint("here", "http://127.0.0.1:1", "openai")
OPENED = Event(Kind.OPENED, at("x = 1█").document)


class Watched(Upstream):
    """Notes what it is asked to make ready."""

    def __init__(self) -> None:
        super().__init__()
        self.prepared: list[Endpoint] = []
        self.warmed: list[Endpoint] = []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()

    async def prepare(self, endpoint: Endpoint) -> None:
        self.prepared.append(endpoint)

    async def warm(self, endpoint: Endpoint) -> bool:
        self.warmed.append(endpoint)
        await self.may_go_on.wait()
        return True


class Scene:
    def __init__(self, endpoint: Endpoint | None = FAR, *, secret: bool = False) -> None:
        self.upstream = Watched()
        self.settings = Settings()
        self.endpoint = endpoint
        self.warming = Warming(self.upstream, lambda: self.settings, lambda document: secret, self.first)

    async def first(self) -> Endpoint | None:
        return self.endpoint

    async def after(self, *events: Event) -> Watched:
        for event in events:
            self.warming.follow(event)
        if self.warming._task is not None:
            await soon(self.warming._task)
        return self.upstream


async def test_a_document_that_opens_warms_the_way_to_the_first_model() -> None:
    upstream = await Scene().after(OPENED)
    assert (upstream.prepared, upstream.warmed) == ([FAR], [FAR])


async def test_a_server_on_this_machine_hears_nothing() -> None:
    upstream = await Scene(NEAR).after(OPENED)
    assert (upstream.prepared, upstream.warmed) == ([NEAR], [])


async def test_without_a_model_or_its_token_nothing_happens() -> None:
    assert (await Scene(None).after(OPENED)).prepared == []


@pytest.mark.parametrize("kind", [Kind.EDITED, Kind.REPLACED, Kind.CLOSED])
async def test_only_opening_counts(kind: Kind) -> None:
    assert (await Scene().after(Event(kind, OPENED.document))).prepared == []


async def test_a_file_that_no_model_sees_warms_nothing() -> None:
    assert (await Scene(secret=True).after(OPENED)).prepared == []
    long = at("x" * (LONG_LINE_CHARS + 1) + "█").document
    assert (await Scene().after(Event(Kind.OPENED, long))).prepared == []
    off = Scene()
    off.settings = Settings(complete=CompleteSettings(enabled=False))
    assert (await off.after(OPENED)).prepared == []
    other = replace(OPENED.document, language_id="markdown")
    assert (await Scene().after(Event(Kind.OPENED, other))).prepared == []


async def test_many_documents_at_once_warm_it_once() -> None:
    assert (await Scene().after(OPENED, OPENED, OPENED)).warmed == [FAR]


async def test_the_end_stops_what_is_being_warmed() -> None:
    scene = Scene()
    scene.upstream.may_go_on.clear()
    scene.warming.follow(OPENED)
    await asyncio.sleep(0)
    await scene.warming.close()
    assert scene.warming._task is not None
    assert scene.warming._task.cancelled()
