"""One question, one answer: the first model that can gives it, and who that was is part of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from foretype.backends.delta import Delta
from foretype.config.settings import Role
from foretype.errors import BackendError, NoModelError
from foretype.flows.conversing.question import Answerer, Question


@dataclass(frozen=True)
class Piece:
    """A step of an answer, and the model that gives it."""

    delta: Delta
    model: str


Pieces = AsyncGenerator[Piece, None]


@dataclass(frozen=True)
class Conversing:
    """`answerers` gives a role's models in the user's order; what fails on the way is reported."""

    answerers: Callable[[Role], Sequence[Answerer]]
    report: Callable[[BackendError], None]

    async def ask(self, role: Role, question: Question) -> Pieces:
        """The answer of the first model that gives one; one that breaks off is not begun by another."""
        failure: BackendError | None = None
        for answerer in self.answerers(role):
            has_answered = False
            try:
                async with aclosing(answerer.answer(question)) as deltas:
                    async for delta in deltas:
                        has_answered = has_answered or bool(delta.text or delta.reasoning or delta.tool_calls)
                        yield Piece(delta, answerer.name)
                return
            except BackendError as problem:
                self.report(problem)
                if has_answered:
                    raise
                failure = problem
        raise failure or NoModelError(
            f"No model is set for {role}: name one in `models.{role}`, such as "
            "hf:Qwen/Qwen2.5-Coder-32B-Instruct."
        )
