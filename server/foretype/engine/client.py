"""The engine as the server sees it: started on first need, restarted within a budget, killed if it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import os
import signal
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import replace
from enum import Enum

from foretype.config.environment import Environment
from foretype.engine import failures
from foretype.engine.answers import Facts, Written, checked, facts_in, is_last, written_in
from foretype.engine.place import Place, place_for
from foretype.engine.protocol import FrameError, Lane, LoadOptions, Message, Sampling, packed
from foretype.engine.restarts import Restarts
from foretype.engine.start import Meeting, NotMet, meet, met_if_running, read_message
from foretype.errors import EngineGoneError, StorageError

logger = logging.getLogger(__name__)

LINGER_S = 60.0
GRACE_S = 5.0


class State(Enum):
    """What has become of the engine."""

    ABSENT = "not started"
    STARTING = "starting"
    READY = "ready"
    BROKEN = "broke down too often"


Inbox = asyncio.Queue[Message]
TOO_LATE: Message = {"late": True}
Pieces = Sequence[tuple[str, str]]


class Engine:
    """Owns the connection to the engine's process, and everything that waits for an answer from it."""

    def __init__(
        self,
        environment: Environment,
        linger_s: float = LINGER_S,
        grace_s: float = GRACE_S,
        place: Callable[[Environment], Place] = place_for,
    ) -> None:
        self._environment = environment
        self._linger_s = linger_s
        self._grace_s = grace_s
        self._place = place
        self._ids = itertools.count(1)
        self._meeting: Meeting | None = None
        self._unwanted: Meeting | None = None
        self._starting = asyncio.Lock()
        self._inboxes: dict[int, Inbox] = {}
        self._readings: set[asyncio.Task[None]] = set()
        self._watches: set[asyncio.Task[None]] = set()
        self._state = State.ABSENT
        self.restarts = Restarts()

    @property
    def state(self) -> State:
        return self._state

    @property
    def process_id(self) -> int | None:
        return self._meeting.process_id if self._meeting else None

    async def write(
        self,
        model: str,
        pieces: Pieces,
        options: LoadOptions,
        max_tokens: int,
        *,
        lane: str = Lane.COMPLETE,
        stops: Sequence[str] = (),
        sampling: Sampling | None = None,
        may_move: bool = False,
        is_beside: bool = False,
        deadline: float | None = None,
    ) -> AsyncGenerator[Written, None]:
        """What the model writes, as it writes it; closing this stops the model within milliseconds.

        It takes the place of this client's older completion, if it is not to be written beside that.
        Text behind the cursor that was read already may be moved as it is, where that is close enough.
        At the deadline, a moment of the loop's clock, TimeoutError is raised.
        """
        request = {
            "do": "write",
            "model": model,
            "pieces": [list(piece) for piece in pieces],
            "lane": lane,
            "max_tokens": max_tokens,
            "stops": list(stops),
            "sampling": (sampling or Sampling()).as_message(),
            "may_move": may_move,
            "is_beside": is_beside,
        }
        for is_second_try in (False, True):
            has_written = False
            try:
                async with contextlib.aclosing(self._steps(request, options, model, deadline)) as steps:
                    async for step in steps:
                        has_written = True
                        yield step
                return
            except EngineGoneError:
                if has_written or is_second_try:
                    raise

    async def _steps(
        self, request: Message, options: LoadOptions, model: str, deadline: float | None
    ) -> AsyncGenerator[Written, None]:
        id, inbox = await self._ask(request, options)
        is_over = False
        # The clock writes into the inbox too: waiting with a limit would cost a task for every word.
        timer = deadline and asyncio.get_running_loop().call_at(deadline, inbox.put_nowait, TOO_LATE)
        try:
            while not is_over:
                message = await inbox.get()
                if message is TOO_LATE:
                    raise asyncio.TimeoutError
                is_over = is_last(message)
                yield written_in(checked(message, model))
        finally:
            if timer:
                timer.cancel()
            if is_over or id not in self._inboxes:
                self._inboxes.pop(id, None)
            else:
                self._cancel(id, inbox)

    async def warm(self, model: str, pieces: Pieces, options: LoadOptions) -> None:
        """Load a model and read a prompt ahead; any other work on the model comes before this."""
        async with contextlib.aclosing(self.write(model, pieces, options, 0)) as steps:
            async for _ in steps:
                pass

    async def facts(self, model: str, options: LoadOptions, words: Sequence[str] = ()) -> Facts:
        """What the model is; it is loaded for it."""
        request = {"do": "facts", "model": model, "words": list(words)}
        found = (await self._one_answer(request, options, model))["result"]
        return facts_in(found)

    async def loaded(self) -> list[Message]:
        """The models that are loaded, by whichever editor; no engine is started for this."""
        if not await self._joins():
            return []
        found: list[Message] = (await self._one_answer({"do": "ps"}))["result"]
        return found

    async def unload(self, model: str) -> bool:
        if not await self._joins():
            return False
        return bool((await self._one_answer({"do": "unload", "model": model}))["result"])

    async def close(self) -> None:
        """Leave the engine to other editors; it ends by itself where there are none."""
        meeting, self._meeting = self._meeting, None
        tasks = [*self._watches, *self._readings]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if meeting is not None:
            await let_go(meeting)
        self._set(State.ABSENT)

    async def restart(self) -> None:
        """End the engine's process now, whichever editor started it; the next need starts another."""
        self.restarts.reset()
        if await self._joins() and self._meeting is not None:
            self._unwanted = self._meeting
            kill(self._meeting)

    # Requests and answers

    async def _one_answer(
        self, request: Message, options: LoadOptions | None = None, model: str = ""
    ) -> Message:
        id, inbox = await self._ask(request, options)
        try:
            return checked(await inbox.get(), model)
        finally:
            self._inboxes.pop(id, None)

    async def _ask(self, request: Message, options: LoadOptions | None) -> tuple[int, Inbox]:
        meeting = await self._ready()
        id = next(self._ids)
        inbox = self._inboxes[id] = asyncio.Queue()
        told = {"options": self._carefully(options).as_message()} if options else {}
        # A connection that is gone is noticed by whoever reads it, and then everybody is told.
        with contextlib.suppress(OSError):
            meeting.writer.write(packed({"id": id, **request, **told}))
            await meeting.writer.drain()
        return id, inbox

    def _carefully(self, options: LoadOptions) -> LoadOptions:
        """An engine that broke down is not asked for quite the same again."""
        return replace(options, is_careful=self.restarts.has_any)

    def _cancel(self, id: int, inbox: Inbox) -> None:
        """Stop a job, without waiting for it; one that does not stop has hung the whole engine."""
        meeting = self._meeting
        if meeting is None:
            self._inboxes.pop(id, None)
            return
        with contextlib.suppress(OSError):
            meeting.writer.write(packed({"cancel": id}))
        watch = asyncio.get_running_loop().create_task(self._watch(id, inbox, meeting))
        self._watches.add(watch)
        watch.add_done_callback(self._watches.discard)

    async def _watch(self, id: int, inbox: Inbox, meeting: Meeting) -> None:
        try:
            await asyncio.wait_for(last_of(inbox), self._grace_s)
        except asyncio.TimeoutError:
            logger.warning("the local engine did not stop within %g s, and is ended", self._grace_s)
            kill(meeting)
        finally:
            self._inboxes.pop(id, None)

    # The life of the process

    async def _ready(self) -> Meeting:
        async with self._starting:
            if self._meeting is not None:
                return self._meeting
            if self.restarts.is_used_up:
                self._set(State.BROKEN)
                raise failures.used_up()
            if not failures.is_installed():
                raise failures.not_installed()
            self._set(State.STARTING)
            try:
                self._meeting = await self._met()
            except BaseException:
                self._set(State.ABSENT)
                raise
            return self._begin_with(self._meeting)

    async def _joins(self) -> bool:
        """Whether there is an engine to talk to, without starting one."""
        async with self._starting:
            if self._meeting is not None:
                return True
            try:
                self._meeting = await met_if_running(self._place(self._environment))
            except StorageError:
                return False
            if self._meeting is not None:
                self._begin_with(self._meeting)
            return self._meeting is not None

    def _begin_with(self, meeting: Meeting) -> Meeting:
        reading = asyncio.get_running_loop().create_task(self._read(meeting))
        self._readings.add(reading)
        reading.add_done_callback(self._readings.discard)
        self._set(State.READY)
        return meeting

    async def _met(self) -> Meeting:
        """An engine; one that just went, for want of clients, is no breakdown, two in a row are."""
        try:
            place = self._place(self._environment)
        except StorageError as problem:
            raise failures.no_place(str(problem)) from problem
        try:
            return await self._met_at(place)
        except NotMet as problem:
            logger.info("the local engine was not met: %s", problem)
        try:
            return await self._met_at(place)
        except NotMet as problem:
            self.restarts.broke_down()
            raise failures.not_started(place.log) from problem

    async def _met_at(self, place: Place) -> Meeting:
        try:
            return await meet(place, self._environment.variables, self._linger_s)
        except OSError as problem:
            raise failures.no_place(problem.strerror or str(problem)) from problem

    async def _read(self, meeting: Meeting) -> None:
        try:
            while True:
                message = await read_message(meeting.reader)
                inbox = self._inboxes.get(message.get("id", 0))
                if inbox is not None:
                    inbox.put_nowait(message)
        except (OSError, EOFError, FrameError):
            self._lost(meeting)
            await let_go(meeting)

    def _lost(self, meeting: Meeting) -> None:
        """The connection is gone: whoever waits is told, and if somebody did, it was a breakdown."""
        if self._meeting is not meeting:
            return
        self._meeting = None
        if self._inboxes and meeting is not self._unwanted:
            self.restarts.broke_down()
        for inbox in self._inboxes.values():
            inbox.put_nowait({"error": failures.BROKEN_OFF, "message": ""})
        self._inboxes.clear()
        self._set(State.ABSENT)

    def _set(self, state: State) -> None:
        if state is not self._state:
            logger.info("the local engine: %s", state.value)
            self._state = state


async def last_of(inbox: Inbox) -> None:
    while not is_last(await inbox.get()):
        pass


def kill(meeting: Meeting) -> None:
    """End a process that does not end itself."""
    with contextlib.suppress(OSError, ProcessLookupError):
        if meeting.child is not None:
            meeting.child.kill()
        elif meeting.process_id > 1:
            os.kill(meeting.process_id, signal.SIGKILL)


async def let_go(meeting: Meeting) -> None:
    meeting.writer.close()
    with contextlib.suppress(OSError):
        await meeting.writer.wait_closed()
    if meeting.child is not None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(meeting.child.wait(), GRACE_S)
