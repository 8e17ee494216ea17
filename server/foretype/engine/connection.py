"""One client of the engine, from inside: requests in, answers out."""

from __future__ import annotations

import logging
import threading
from dataclasses import asdict
from typing import IO, Any

from foretype.engine.job import Job, order_from
from foretype.engine.llama import Facts
from foretype.engine.memory import Residents
from foretype.engine.protocol import (
    HEADER,
    EngineFault,
    Fault,
    FrameError,
    LoadOptions,
    Message,
    body_length,
    packed,
    unpacked,
)

logger = logging.getLogger(__name__)


class Connection:
    """Reads on its own thread; answers come from whichever thread has them."""

    def __init__(self, source: IO[bytes], sink: IO[bytes], residents: Residents) -> None:
        self._source = source
        self._sink = sink
        self._residents = residents
        self._sending = threading.Lock()
        self._is_broken = False

    def serve(self, hello: Message) -> None:
        """Talk until the client is gone; one that says another hello is not talked to."""
        self._send(hello)
        try:
            first = self._receive()
            if first is None or first.get("hello") != hello["hello"]:
                return
            while (message := self._receive()) is not None:
                self._handle(message)
        except FrameError as error:
            logger.warning("a client was dropped: it sent %s", error)
        finally:
            self._residents.forget_owner(self)

    def _receive(self) -> Message | None:
        try:
            header = self._source.read(HEADER.size)
            if len(header) < HEADER.size:
                return None
            length = body_length(header)
            body = self._source.read(length)
        except (OSError, ValueError):
            return None
        return unpacked(body) if len(body) == length else None

    def _send(self, message: Message) -> None:
        """Answers for a client that is gone, or that does not read, are dropped."""
        with self._sending:
            if self._is_broken:
                return
            try:
                self._sink.write(packed(message))
                self._sink.flush()
            except (OSError, ValueError):
                self._is_broken = True

    def _handle(self, message: Message) -> None:
        if "cancel" in message:
            for worker in self._residents.workers():
                worker.cancel(self, int(message["cancel"]))
            return
        id = message.get("id")
        if not isinstance(id, int):
            raise FrameError("a request without a number")
        try:
            self._begin(id, message)
        except EngineFault as fault:
            self._send({"id": id, "error": fault.kind, "message": str(fault)})

    def _begin(self, id: int, message: Message) -> None:
        what = message.get("do")
        if what == "write":
            job = Job(id, self, order_from(message), self._send)
            self._worker(message).submit(job)
        elif what == "facts":
            words = tuple(map(str, message.get("words", ())))
            self._worker(message).ask(words, lambda found, known: self._tell(id, found, known))
        elif what == "ps":
            self._send({"id": id, "result": self._residents.told()})
        elif what == "unload":
            self._send({"id": id, "result": self._residents.unload(str(message.get("model")))})
        else:
            raise EngineFault(Fault.REQUEST, f"the engine does not know how to {what!r}")

    def _worker(self, message: Message) -> Any:
        try:
            options = LoadOptions(**message.get("options", {}))
        except TypeError as error:
            raise EngineFault(Fault.REQUEST, f"the options cannot be read: {error}") from error
        return self._residents.worker_for(str(message.get("model")), options, self)

    def _tell(self, id: int, found: Facts | EngineFault, known: tuple[str, ...]) -> None:
        if isinstance(found, EngineFault):
            self._send({"id": id, "error": found.kind, "message": str(found)})
        else:
            self._send({"id": id, "result": {**asdict(found), "words": known}})
