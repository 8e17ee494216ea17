"""Models on this machine, asked as those at an endpoint are: deltas come back, closing stops the model."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

from foretype.backends.activity import Activity
from foretype.backends.agreement import Agreements
from foretype.backends.delta import Delta, Finish, Usage
from foretype.backends.local.known import BELIEVED_S, KnownModels, Model
from foretype.backends.local.words import (
    Wire,
    hole_pieces,
    pieces_above,
    prompt_pieces,
    suffix_tokens_at,
    wire,
)
from foretype.backends.request import Filling, Request
from foretype.config.settings import LocalSettings
from foretype.engine import failures
from foretype.engine.answers import Facts, Written
from foretype.engine.client import Engine
from foretype.engine.protocol import End, Lane, LoadOptions, Sampling
from foretype.prompt.asked import HolePrompt
from foretype.prompt.budget import prompt_tokens_for, within
from foretype.prompt.hole import Hole

FINISHES = {End.STOP: Finish.STOP, End.LENGTH: Finish.LENGTH, End.CANCELLED: Finish.LENGTH}
FEWEST_TELLING_TOKENS = 32
SPEED_UNKNOWN = 1000.0


class LocalModels:
    """Asks the engine, in the words each model was trained on."""

    def __init__(
        self,
        engine: Engine,
        settings: Callable[[], LocalSettings],
        tell: Callable[[str], None],
        activity: Activity | None = None,
        agreements: Agreements | None = None,
        believed_s: float = BELIEVED_S,
    ) -> None:
        self.agreements = agreements or Agreements()
        self.engine = engine
        self._settings = settings
        self._activity = activity or Activity()
        self._known = KnownModels(engine, lambda: self.options, tell, self.agreements, believed_s)
        self._speeds: dict[Path, float] = {}
        self._moved: dict[Path, Wire] = {}

    async def fill(self, file: Path, filling: Filling, deadline_s: float) -> AsyncGenerator[Delta, None]:
        """What belongs in the hole; a model that only continues text is given the text before it."""
        deadline = asyncio.get_running_loop().time() + deadline_s
        with self._activity.asking(None, file.name) as answered:
            model = await self._known.by(deadline, file)
            pieces = wire(hole_pieces(model, filling.hole, self.suffix_tokens(file)))
            steps = self.engine.write(
                str(file),
                pieces,
                self.options,
                filling.max_tokens,
                stops=filling.stops,
                sampling=by_lot(filling.temperature),
                may_move=model.may_move,
                is_beside=filling.temperature > 0,
                deadline=deadline,
            )
            if model.may_move:
                self._moved[file] = pieces
            async with aclosing(self._deltas(file, steps)) as deltas:
                async for delta in deltas:
                    answered()
                    yield delta

    async def stream(self, file: Path, request: Request, deadline_s: float) -> AsyncGenerator[Delta, None]:
        """A request as endpoints get it, answered here; conversations have a cache of their own."""
        deadline = asyncio.get_running_loop().time() + deadline_s
        with self._activity.asking(None, file.name) as answered:
            model = await self._known.by(deadline, file)
            steps = self._written(file, model, request, deadline)
            async with aclosing(self._deltas(file, steps)) as deltas:
                async for delta in deltas:
                    answered()
                    yield delta

    def _written(
        self, file: Path, model: Model, request: Request, deadline: float
    ) -> AsyncGenerator[Written, None]:
        is_hole = isinstance(request.prompt, HolePrompt)
        return self.engine.write(
            str(file),
            wire(prompt_pieces(model, request.prompt, self.suffix_tokens(file))),
            self.options,
            request.max_tokens,
            lane=Lane.COMPLETE if is_hole else Lane.CHAT,
            stops=request.stop,
            sampling=by_lot(request.temperature or 0.0, request.top_p or 1.0, request.seed),
            is_beside=True,
            deadline=deadline,
        )

    async def warm(self, file: Path, hole: Hole) -> None:
        """Load the model and read ahead what will hardly change: all that stands before the cursor's line.

        Where the last prompt may have been moved together, it is read exactly instead.
        """
        model = await self._known.of(file)
        if (moved := self._moved.pop(file, None)) is not None:
            await self.engine.warm(str(file), moved, self.options)
            return
        above = wire(pieces_above(model, hole, self.suffix_tokens(file)))
        await self.engine.warm(str(file), above, self.options)

    async def facts(self, file: Path) -> Facts:
        """What a file says of its model; it is loaded for it."""
        return (await self._known.of(file)).facts

    def suffix_tokens(self, file: Path) -> int:
        """How much behind the cursor is read, at the speed this file was last seen reading with."""
        return suffix_tokens_at(self._speeds.get(file, SPEED_UNKNOWN))

    async def written_between(
        self,
        file: Path,
        texts: tuple[str, str],
        max_tokens: int,
        most_suffix_tokens: int,
        *,
        may_move: bool,
    ) -> tuple[str, Written]:
        """The whole text between two, and the last step of it: for who compares, without a deadline."""
        hole = within(Hole(*texts), prompt_tokens_for(self.options.context, max_tokens))
        model = replace(await self._known.of(file), moved_suffix_tokens=most_suffix_tokens)
        pieces = wire(hole_pieces(model, hole, self.suffix_tokens(file)))
        written = self.engine.write(str(file), pieces, self.options, max_tokens, may_move=may_move)
        async with aclosing(written) as steps:
            taken = [step async for step in steps]
        self._learn_speed(file, taken[-1])
        return "".join(step.text for step in taken), taken[-1]

    async def close(self) -> None:
        await self.engine.close()

    @property
    def options(self) -> LoadOptions:
        settings = self._settings()
        return LoadOptions(
            context=settings.context,
            batch=settings.batch,
            threads=settings.threads,
            gpu_layers=settings.gpu_layers,
            idle_s=settings.idle_minutes * 60.0,
            memory_mb=settings.memory_mb,
            max_models=settings.max_models,
        )

    async def _deltas(self, file: Path, steps: AsyncGenerator[Written, None]) -> AsyncGenerator[Delta, None]:
        async with aclosing(steps):
            try:
                async for step in steps:
                    self._learn_speed(file, step)
                    yield delta_of(step)
            except asyncio.TimeoutError:
                raise failures.took_too_long(file.name) from None

    def _learn_speed(self, file: Path, step: Written) -> None:
        usage = step.usage
        if usage is not None and usage.prompt_s and usage.evaluated >= FEWEST_TELLING_TOKENS:
            self._speeds[file] = usage.evaluated / usage.prompt_s


def by_lot(temperature: float, top_p: float = 1.0, seed: int | None = None) -> Sampling:
    """Another text each time, where no seed is named."""
    return Sampling(temperature, top_p, secrets.randbits(32) if seed is None else seed)


def delta_of(step: Written) -> Delta:
    if not step.end:
        return Delta(text=step.text)
    usage = Usage(step.usage.prompt, step.usage.written) if step.usage else None
    return Delta(text=step.text, finish=FINISHES.get(step.end, Finish.STOP), usage=usage)
