"""A model's answers on their way, counted: tokens, time, money, and how the model is doing."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from foretype.backends.deadlines import Deadlines
from foretype.backends.delta import Delta, Usage
from foretype.backends.endpoint import Endpoint
from foretype.backends.providers import provider_at
from foretype.backends.request import Request
from foretype.backends.upstream import Streams
from foretype.config.settings import BudgetSettings, Role
from foretype.errors import BackendError, CircuitOpenError
from foretype.flows.providers.capabilities import price_of
from foretype.flows.providers.knowledge import Knowledge
from foretype.models.ids import ModelId, Runs
from foretype.prompt.asked import ChatPrompt, HolePrompt, Prompt
from foretype.prompt.budget import TokenCost
from foretype.stats.use import ANSWERED, LEFT, Use, day_of


@dataclass(frozen=True)
class Metering:
    """Counts the answers of one model in one role, wherever they come from."""

    model: ModelId
    role: Role
    budget: BudgetSettings
    knowledge: Knowledge

    async def counted(
        self, answer: AsyncGenerator[Delta, None], request: Request, provider: str
    ) -> AsyncGenerator[Delta, None]:
        """The answer; what came of it is remembered."""
        meter = Meter(request, provider)
        try:
            async with aclosing(answer) as deltas:
                async for delta in deltas:
                    meter.read(delta)
                    yield delta
            meter.outcome = ANSWERED
        except BackendError as problem:
            meter.problem = problem
            meter.outcome = type(problem).__name__
            raise
        finally:
            self._remember(meter)

    def _remember(self, meter: Meter) -> None:
        if isinstance(meter.problem, CircuitOpenError):
            return
        model, health = str(self.model), self.knowledge.health
        if meter.problem is not None:
            health.failed(model, meter.provider, str(meter.problem))
        elif meter.first_word_s is not None:
            health.answered(model, meter.provider, meter.first_word_s)
        self.knowledge.history.add(self._use(meter))
        if self.model.runs is Runs.ROUTER:
            self._warn()

    def _use(self, meter: Meter) -> Use:
        usage = meter.counted
        price = price_of(self.model, meter.provider, self.knowledge.remote.known)
        return Use(
            at=time.time(),
            model=str(self.model),
            provider=meter.provider,
            role=self.role,
            prompt_tokens=usage.prompt_tokens,
            completion_tokens=usage.completion_tokens,
            is_estimated=meter.usage is None,
            first_word_s=meter.first_word_s,
            total_s=time.monotonic() - meter.began,
            outcome=meter.outcome,
            cost_usd=price.of(usage.prompt_tokens, usage.completion_tokens) if price else None,
        )

    def _warn(self) -> None:
        spending = self.knowledge.spending(self.budget)
        near = spending.near(self.role)
        if near is not None and spending.reached(self.role) is None:
            cause = f"{near.setting} {day_of(time.time())}"
            self.knowledge.notices.once(cause, f"Of what Hugging Face's models may take, {near} is used.")


@dataclass(frozen=True)
class Metered:
    """Stands before the way to the servers, for one model in one role."""

    upstream: Streams
    metering: Metering

    def stream(
        self, endpoint: Endpoint, request: Request, deadlines: Deadlines
    ) -> AsyncGenerator[Delta, None]:
        answer = self.upstream.stream(endpoint, request, deadlines)
        return self.metering.counted(answer, request, provider_at(endpoint) or endpoint.name)


class Meter:
    """One request: what it was, what has come of it, and since when."""

    def __init__(self, request: Request, provider: str) -> None:
        self.provider = provider
        self.began = time.monotonic()
        self.first_word_s: float | None = None
        self.usage: Usage | None = None
        self.outcome = LEFT
        self.problem: BackendError | None = None
        self._request = request
        self._written: list[str] = []

    def read(self, delta: Delta) -> None:
        if self.first_word_s is None and (delta.text or delta.reasoning):
            self.first_word_s = time.monotonic() - self.began
        self.provider = delta.served_by or self.provider
        self.usage = delta.usage or self.usage
        self._written += (delta.text, delta.reasoning)

    @property
    def counted(self) -> Usage:
        """The server's count, else an estimate; a request that failed before any word is not counted."""
        if self.usage is not None:
            return self.usage
        if self.problem is not None and self.first_word_s is None:
            return Usage(0, 0)
        cost = TokenCost()
        return Usage(cost.of(text_in(self._request.prompt)), cost.of("".join(self._written)))


def text_in(prompt: Prompt) -> str:
    if isinstance(prompt, ChatPrompt):
        return "".join(message.text for message in prompt.messages)
    if isinstance(prompt, HolePrompt):
        return prompt.prefix + prompt.suffix + "".join(chunk.text for chunk in prompt.chunks)
    return prompt.text
