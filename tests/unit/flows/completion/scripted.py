"""A document with its cursor in one line of a test, and a model that writes what it was told."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable
from dataclasses import dataclass, field, replace
from typing import TypeVar

from foretype.config.settings import CompleteSettings, Settings
from foretype.documents.document import Document
from foretype.documents.encoding import Encoding
from foretype.documents.text import Place, Text
from foretype.documents.uri import document_key
from foretype.errors import BackendError
from foretype.flows.completion.flow import Completion, Surroundings
from foretype.flows.completion.situation import Situation, Trigger
from foretype.flows.completion.writer import Order
from foretype.postprocess.suggestion import Suggestion
from foretype.stream.filters import Deltas

CURSOR = "█"
URI = "file:///project/a.py"
PATIENCE_S = 10.0
LONG = "".join(f"line {number}\n" for number in range(2000))

T = TypeVar("T")
Step = str | Exception | asyncio.Event


def at(
    marked: str, language: str = "python", trigger: Trigger = Trigger.AUTOMATIC, uri: str = URI
) -> Situation:
    """The situation in a document in which `█` stands for the cursor."""
    before, _, after = marked.partition(CURSOR)
    text = Text.of(before + after)
    document = Document(uri, document_key(uri), language, 1, text, Encoding.UTF_16)
    return Situation(document, place_after(before), trigger)


def place_after(before: str) -> Place:
    return Text.of(before).end


def by_hand(situation: Situation) -> Situation:
    return replace(situation, trigger=Trigger.INVOKED)


def typed(situation: Situation, keys: str, auto_closed: str = "") -> Situation:
    """The same document after some keys, and what the editor adds behind the cursor by itself."""
    document, place = situation.document, situation.place
    before, after = document.before(place), document.after(place)
    changed = replace(document, text=Text.of(before + keys + auto_closed + after), version=2)
    return replace(situation, document=changed, place=place_after(before + keys))


def accepted(situation: Situation, suggestion: Suggestion) -> str:
    """The whole text once the suggestion has been taken."""
    document, place = situation.document, situation.place
    after = document.after(place)[suggestion.replace_after :]
    return document.before(place) + suggestion.text + after


async def soon(work: Awaitable[T]) -> T:
    """What is awaited, which must not take for ever."""
    return await asyncio.wait_for(work, PATIENCE_S)


@dataclass
class Told:
    """One answer of a scripted model: what it will do, and what has become of it."""

    steps: tuple[Step, ...]
    order: Order | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    is_finished: bool = False

    async def has_begun(self) -> None:
        await soon(self.begun.wait())

    async def has_ended(self) -> None:
        await soon(self.ended.wait())


class ScriptedWriter:
    """Writes pieces, waits for events and fails, in the order it was told."""

    def __init__(self, name: str = "scripted") -> None:
        self.name = name
        self.asked: list[Told] = []
        self._waiting: deque[Told] = deque()

    def enqueue(self, *steps: Step) -> Told:
        """What to do when asked once more."""
        told = Told(steps)
        self._waiting.append(told)
        return told

    async def write(self, order: Order) -> Deltas:
        assert self._waiting, f"{self.name} was not to be asked at {order.situation.place}"
        told = self._waiting.popleft()
        told.order = order
        self.asked.append(told)
        told.begun.set()
        try:
            for step in told.steps:
                if isinstance(step, asyncio.Event):
                    await step.wait()
                elif isinstance(step, Exception):
                    raise step
                else:
                    yield step
            told.is_finished = True
        finally:
            told.ended.set()

    def assert_all_read(self) -> None:
        assert not self._waiting, f"{len(self._waiting)} answers of {self.name} were never asked for"
        assert all(told.ended.is_set() for told in self.asked), f"{self.name} still writes"


class Desk:
    """A completion with scripted models around it, in the order in which they are asked."""

    def __init__(self) -> None:
        self.settings = Settings(complete=CompleteSettings(debounce_ms=0))
        self.writers = [ScriptedWriter("first"), ScriptedWriter("second")]
        self.problems: list[BackendError] = []
        self.instant: Suggestion | None = None
        self.has_secrets = False
        self.replaced: Document | None = None
        self.completion = Completion(
            Surroundings(
                settings=lambda: self.settings,
                writers=lambda: self.writers,
                is_secret=lambda document: self.has_secrets,
                report=self.problems.append,
                is_current=lambda document: document is not self.replaced,
                instant=lambda situation: self.instant,
            )
        )

    @property
    def model(self) -> ScriptedWriter:
        """The first model, which is the only one that most tests need."""
        return self.writers[0]

    @property
    def calls(self) -> int:
        """How often any model was asked."""
        return sum(len(writer.asked) for writer in self.writers)

    def set(self, **changes: object) -> None:
        complete = replace(self.settings.complete, **changes)  # type: ignore[arg-type]  # names checked when run
        self.settings = replace(self.settings, complete=complete)

    async def shown(self, situation: Situation) -> list[str]:
        """The texts that are suggested."""
        offers = await soon(self.completion.suggest(situation))
        return [offer.text for offer in offers]

    async def in_menu(self, situation: Situation, patience_s: float = PATIENCE_S) -> list[str]:
        """The texts that a menu gets which waits no longer than this."""
        offers = await soon(self.completion.suggest_within(situation, patience_s))
        return [offer.text for offer in offers]

    def asking(self, situation: Situation) -> asyncio.Task[list[str]]:
        return asyncio.get_running_loop().create_task(self.shown(situation))

    async def at_rest(self) -> None:
        """Until nothing runs in the background any more."""
        await soon(asyncio.gather(*self.completion._tasks, return_exceptions=True))
