"""Finds a model's rung by asking it to fill one tiny hole, a few times at most."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Attempt, Rung, Served, attempts, endpoint_of, prompt_on, stops_on
from foretype.backends.request import Request
from foretype.errors import (
    BadAnswerError,
    ContextTooLongError,
    FillUnsupportedError,
    ModelNotServedError,
    RequestRejectedError,
)
from foretype.prompt.families import family_of
from foretype.prompt.hole import Hole
from foretype.prompt.special_tokens import CHAT_CONTROL, TokenInCode, any_of

HOLE = Hole(
    prefix='def add(a, b):\n    """Return the sum of a and b."""\n    return ',
    suffix="\n\n\nassert add(2, 3) == 5\n",
    path="add.py",
    language="python",
)

_RIGHT = r"(?:a\s*\+\s*b|b\s*\+\s*a|sum\(\s*[(\[]\s*a,\s*b\s*[)\]]\s*\))"
_FENCE = re.compile(r"^\s*```\w*\n|\n?```\s*$")
_TOO_MUCH = re.compile(r"(?m)^\s*assert add|^\s*def add")
_MAX_TOKENS = {Rung.TEXT: 12, Rung.BEGUN_CHAT: 16, Rung.CHAT: 24}

# Failures that say something about this way of asking, and nothing about the moment.
_LASTING = (
    BadAnswerError,
    ContextTooLongError,
    FillUnsupportedError,
    ModelNotServedError,
    RequestRejectedError,
)

Ask = Callable[[Endpoint, Request], Awaitable[str]]


@dataclass(frozen=True)
class Standing:
    """What was found out about a model, when, and why nothing better was chosen."""

    model: str
    attempt: Attempt
    found_at: datetime
    passed_over: tuple[str, ...] = ()

    @property
    def can_fill(self) -> bool:
        return self.attempt.rung is not Rung.NONE


async def find_standing(
    ask: Ask, router: Endpoint, model: str, served: tuple[Served, ...], today: datetime
) -> Standing:
    """Tries the rungs from the top. A failure of the moment is raised: nothing is learnt from it."""
    passed_over = []
    for attempt in attempts(model, served):
        try:
            answer = await ask(endpoint_of(attempt, router), probe_request(attempt, model))
        except _LASTING as error:
            passed_over.append(f"{described(attempt)}: {error}")
            continue
        if fills_the_hole(attempt.rung, model, answer):
            return Standing(model, attempt, today, tuple(passed_over))
        passed_over.append(f"{described(attempt)}: the answer did not fit the hole.")
    return Standing(model, Attempt(Rung.NONE, "", model), today, tuple(passed_over))


def probe_request(attempt: Attempt, model: str) -> Request:
    prompt = prompt_on(attempt.rung, model, HOLE)
    assert not isinstance(prompt, TokenInCode), "the hole of the probe holds no control token"
    return Request(
        model=attempt.model,
        prompt=prompt,
        max_tokens=_MAX_TOKENS[attempt.rung],
        stop=stops_on(attempt.rung, model),
        reasoning_effort=None if attempt.rung is Rung.TEXT else "none",
    )


def fills_the_hole(rung: Rung, model: str, answer: str) -> bool:
    """True where the answer begins with what belongs there and does not start the file over."""
    family = family_of(model)
    if any_of((family.control if family else ()) + CHAT_CONTROL).search(answer):
        return False
    if rung is Rung.CHAT:
        answer = _FENCE.sub("", answer.strip())
        return bool(re.match(rf"(?:return\s+)?{_RIGHT}\s*$", answer.strip()))
    return bool(re.match(rf"[ \t]*{_RIGHT}", answer)) and not _TOO_MUCH.search(answer)


def described(attempt: Attempt) -> str:
    return f"{attempt.rung.value} through {attempt.provider or 'the router'}"
