"""One request's work on a model, in steps that other work may come between."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from foretype.engine.fitting import Piece, behind_cursor, fitted
from foretype.engine.llama import Model, Sampler
from foretype.engine.protocol import End, EngineFault, Fault, Lane, Message, Part, Sampling
from foretype.engine.session import Session
from foretype.engine.stops import Spelling

LEAST_ROOM = 16
TOGETHER_S = 0.004

Send = Callable[[Message], None]


class Cancelled(Exception):
    """Nobody waits for this work any more."""


@dataclass(frozen=True)
class Order:
    """What is to be written: the prompt in pieces, and where the text ends.

    What is written beside other texts takes the place of none, and has to wait for those that do.
    """

    pieces: tuple[tuple[str, str], ...]
    lane: str = Lane.COMPLETE
    max_tokens: int = 128
    stops: tuple[str, ...] = ()
    sampling: Sampling = field(default_factory=Sampling)
    may_move: bool = False
    is_beside: bool = False

    @property
    def is_warming(self) -> bool:
        return self.max_tokens == 0

    @property
    def rank(self) -> int:
        """The lowest comes first."""
        if self.is_warming:
            return 3
        if self.lane != Lane.COMPLETE:
            return 2
        return 1 if self.is_beside else 0


@dataclass
class Meter:
    """What the work cost, in tokens and seconds of its own."""

    prompt_tokens: int = 0
    evaluated_tokens: int = 0
    moved_tokens: int = 0
    written_tokens: int = 0
    prompt_s: float = 0.0
    writing_s: float = 0.0
    began: float = field(default_factory=time.perf_counter)

    @property
    def whole_s(self) -> float:
        return time.perf_counter() - self.began

    def as_message(self) -> Message:
        return {
            "prompt": self.prompt_tokens,
            "evaluated": self.evaluated_tokens,
            "moved": self.moved_tokens,
            "written": self.written_tokens,
            "prompt_s": round(self.prompt_s, 6),
            "writing_s": round(self.writing_s, 6),
            "whole_s": round(self.whole_s, 6),
        }


class Job:
    """Writes for one client; `id` is the client's number for it, `owner` the client's connection."""

    def __init__(self, id: int, owner: object, order: Order, send: Send) -> None:
        self.id = id
        self.owner = owner
        self.order = order
        self.is_cancelled = False
        self.has_begun = False
        self.meter = Meter()
        self._unsent = ""
        self._ending: Message = {}
        self._sent_at = 0.0
        self._send = send
        self._steps: Iterator[None] | None = None

    def step(self, model: Model, session_of: Callable[[str], Session]) -> bool:
        """Go one step on; whether it was not the last."""
        if self._steps is None:
            self.has_begun = True
            self._steps = self._work(model, session_of(self.order.lane))
        return next(self._steps, self) is not self

    def end(self, how: str) -> None:
        self._ending = {"done": how, "text": self._unsent}

    def fail(self, kind: str, message: str) -> None:
        self._ending = {"error": kind, "message": message}

    def tell_end(self) -> None:
        """The last message, once everything about the work has been noted."""
        if "done" in self._ending:
            self._ending["usage"] = self.meter.as_message()
        self._send({"id": self.id, **self._ending})

    def check(self) -> None:
        if self.is_cancelled:
            raise Cancelled

    def _work(self, model: Model, session: Session) -> Iterator[None]:
        order = self.order
        pieces = pieces_for(order, model, session.size)
        text = [token for _, tokens in pieces for token in tokens]
        self.meter.prompt_tokens = len(text)
        if order.is_warming and session.begins_with(text):  # reading it again would forget what follows it
            self.end(End.STOP)
            return
        steps = session.read(text, self.check, behind_cursor(pieces), may_move=order.may_move)
        for count in timed(steps, self._count_prompt):
            self.meter.evaluated_tokens += count
            yield
        self.meter.moved_tokens = session.moved
        if order.is_warming:
            self.end(End.STOP)
            return
        sampler = Sampler(order.sampling) if order.sampling.temperature > 0 else None
        try:
            yield from self._write(model, session, sampler, text)
        finally:
            if sampler is not None:
                sampler.close()

    def _write(
        self, model: Model, session: Session, sampler: Sampler | None, text: list[int]
    ) -> Iterator[None]:
        spelling = Spelling(self.order.stops)
        most = min(self.order.max_tokens, session.size - len(text))
        for number in range(1, most + 1):
            token = session.context.drawn(sampler) if sampler else session.context.likeliest()
            if model.is_end(token):
                self._unsent += spelling.end()
                self.end(End.STOP)
                return
            self.meter.written_tokens += 1
            self._say(spelling.add(model.bytes_of(token)))
            if spelling.has_stopped:
                self.end(End.STOP)
                return
            if number == most:  # nobody asks what would follow the last one
                break
            text.append(token)
            for _ in timed(session.go_on(text, self.check), self._count_writing):
                yield
        self._unsent += spelling.end()
        self.end(End.LENGTH)

    def _say(self, text: str) -> None:
        """Send what was written; of a fast model, what comes within a few milliseconds goes together."""
        self._unsent += text
        now = time.perf_counter()
        if self._unsent and now - self._sent_at > TOGETHER_S:
            self._send({"id": self.id, "text": self._unsent})
            self._unsent, self._sent_at = "", now

    def _count_prompt(self, seconds: float) -> None:
        self.meter.prompt_s += seconds

    def _count_writing(self, seconds: float) -> None:
        self.meter.writing_s += seconds


def timed(steps: Iterator[int], count: Callable[[float], None]) -> Iterator[int]:
    """The same steps, the time inside each counted."""
    while True:
        began = time.perf_counter()
        step = next(steps, None)
        count(time.perf_counter() - began)
        if step is None:
            return
        yield step


def pieces_for(order: Order, model: Model, context: int) -> list[Piece]:
    """The prompt in tokens, cut to what the context holds beside what is to be written."""
    pieces = [(kind, tokens_of_piece(kind, text, model)) for kind, text in order.pieces]
    marks = {token for kind, tokens in pieces if kind == Part.CONTROL for token in tokens}
    for kind, tokens in pieces:
        if kind not in (Part.CONTROL, Part.RAW) and not marks.isdisjoint(tokens):
            raise EngineFault(Fault.REQUEST, "the text holds a control word of the model")
    pieces.insert(0, (Part.CONTROL, model.bos))
    room = max(LEAST_ROOM, min(order.max_tokens, context // 4))
    pieces = fitted(pieces, context - room)
    if not any(tokens for _, tokens in pieces):
        raise EngineFault(Fault.REQUEST, "there is nothing to go on from")
    return pieces


def tokens_of_piece(kind: str, text: str, model: Model) -> list[int]:
    if kind == Part.CONTROL:
        token = model.control_token(text)
        if token is None:
            raise EngineFault(Fault.NO_WORD, f"the model's vocabulary has no {text}")
        return [token]
    return model.tokens_of(text, special=kind == Part.RAW)


def order_from(message: dict[str, Any]) -> Order:
    """The order in a message; what is missing or of another kind is the client's mistake."""
    try:
        return Order(
            pieces=tuple((str(kind), str(text)) for kind, text in message["pieces"]),
            lane=str(message.get("lane", Lane.COMPLETE)),
            max_tokens=int(message["max_tokens"]),
            stops=tuple(map(str, message.get("stops", ()))),
            sampling=Sampling(**message.get("sampling", {})),
            may_move=bool(message.get("may_move", False)),
            is_beside=bool(message.get("is_beside", False)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise EngineFault(Fault.REQUEST, f"the request cannot be read: {error!r}") from error
