"""Models on this machine, asked as those at an endpoint are: deltas come back, closing stops the model."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from foretype.backends.activity import Activity
from foretype.backends.agreement import Agreements
from foretype.backends.delta import Delta, Finish, Usage
from foretype.backends.request import Filling, Request
from foretype.config.settings import LocalSettings
from foretype.engine import failures
from foretype.engine.answers import Facts, Written
from foretype.engine.client import Engine
from foretype.engine.protocol import End, Lane, LoadOptions, Sampling
from foretype.errors import DeadlineExceededError, FillUnsupportedError
from foretype.prompt.asked import ChatPrompt, HolePrompt, Prompt, RawPrompt
from foretype.prompt.budget import TokenCost, head_within, prompt_tokens_for
from foretype.prompt.budget import within as within_budget
from foretype.prompt.chat_families import chat_family_for, chat_pieces, words_of_all
from foretype.prompt.family import Family
from foretype.prompt.file_family import all_template_words, family_of_file
from foretype.prompt.hole import Hole
from foretype.prompt.pieces import Kind, Piece, pieces_of

logger = logging.getLogger(__name__)

FINISHES = {End.STOP: Finish.STOP, End.LENGTH: Finish.LENGTH, End.CANCELLED: Finish.LENGTH}
READING_AGAIN_S = 0.1
FEWEST_SUFFIX_TOKENS, MOST_SUFFIX_TOKENS = 50, 512
FEWEST_TELLING_TOKENS = 32
SPEED_UNKNOWN = 1000.0
BELIEVED_S = 2.0

T = TypeVar("T")

Wire = list[tuple[str, str]]
Deltas = AsyncGenerator[Delta, None]
# Hands on the answer to a request, and keeps account of it.
Counted = Callable[[Deltas, Request], Deltas]


def uncounted(answer: Deltas, _request: Request) -> Deltas:
    return answer


@dataclass(frozen=True)
class Model:
    """What is known of a file once it was loaded."""

    facts: Facts
    family: Family | None
    changed_ns: tuple[int, int]
    moved_suffix_tokens: int = 0

    @property
    def may_move(self) -> bool:
        return self.moved_suffix_tokens > 0


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
        self._believed_s = believed_s
        self.agreements = agreements or Agreements()
        self.engine = engine
        self._settings = settings
        self._tell = tell
        self._activity = activity or Activity()
        self._models: dict[Path, Model] = {}
        self._speeds: dict[Path, float] = {}
        self._moved: dict[Path, Wire] = {}
        self._looked_at: dict[Path, float] = {}

    async def fill(self, file: Path, filling: Filling, deadline_s: float) -> AsyncGenerator[Delta, None]:
        """What belongs in the hole; a model that only continues text is given the text before it."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + deadline_s
        with self._activity.asking(None, file.name) as answered:
            model = await self._believed(file, deadline)
            pieces = wire(self._hole_pieces(file, model, filling.hole))
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
            model = await self._believed(file, deadline)
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
            wire(self._pieces(file, model, request.prompt)),
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
        model = await self._known(file)
        if (moved := self._moved.pop(file, None)) is not None:
            await self.engine.warm(str(file), moved, self.options)
            return
        above = hole.prefix[: hole.prefix.rfind("\n") + 1]
        # Where the text behind the cursor is read first, all that is read rests on it.
        suffix = hole.suffix if model.family and model.family.is_suffix_first else ""
        pieces = self._hole_pieces(file, model, replace(hole, prefix=above, suffix=suffix))
        await self.engine.warm(str(file), wire(up_to_prefix(pieces)), self.options)

    async def facts(self, file: Path) -> Facts:
        """What a file says of its model; it is loaded for it."""
        return (await self._known(file)).facts

    def suffix_tokens(self, file: Path) -> int:
        """How much behind the cursor is read, at the speed this file was last seen reading with."""
        return suffix_tokens(self._speeds.get(file, SPEED_UNKNOWN))

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
        hole = within_budget(Hole(*texts), prompt_tokens_for(self.options.context, max_tokens))
        model = replace(await self._known(file), moved_suffix_tokens=most_suffix_tokens)
        pieces = wire(self._hole_pieces(file, model, hole))
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

    async def _believed(self, file: Path, deadline: float) -> Model:
        """What the file is; where it was looked at lately, a key does not wait for the disk."""
        model = self._models.get(file)
        if model is not None and time.monotonic() - self._looked_at[file] < self._believed_s:
            return model
        return await within(self._known(file), deadline, file)

    async def _known(self, file: Path) -> Model:
        """What the file is, asked once for as long as it stays the same."""
        changed_ns = await asyncio.to_thread(self._times_of_change, file)
        model = self._models.get(file)
        if model is None or model.changed_ns != changed_ns:
            words = (*words_of_all(), *all_template_words())
            facts = await self.engine.facts(str(file), self.options, words)
            family = family_of_file((file.name, facts.name), facts.words, facts.fill_words)
            moved = await asyncio.to_thread(self._movable_tokens, file) if facts.can_move else 0
            model = self._models[file] = Model(facts, family, changed_ns, moved)
            self._tell_of(file, model)
        self._looked_at[file] = time.monotonic()
        return model

    def _times_of_change(self, file: Path) -> tuple[int, int]:
        return time_of_change(file), self.agreements.changed_ns()

    def _movable_tokens(self, file: Path) -> int:
        """How many tokens behind the cursor may be moved, as it was measured that little changes then."""
        found = self.agreements.of(file)
        return found.suffix_tokens if found is not None and found.is_enough else 0

    def _tell_of(self, file: Path, model: Model) -> None:
        way = model.family.name if model.family else "no way of filling holes"
        moving = "moved as one types" if model.may_move else "read at every key"
        logger.info(
            "%s: %s, %s, what follows the cursor is %s", file.name, model.facts.architecture, way, moving
        )
        if not model.facts.reuses_cache:
            self._tell(
                f"{file.name} is slow for completion: a model of its kind ({model.facts.architecture}) reads "
                "the whole text again for every key. Choose one without recurrent layers."
            )

    def _pieces(self, file: Path, model: Model, prompt: Prompt) -> tuple[Piece, ...]:
        if isinstance(prompt, RawPrompt):
            return (Piece(Kind.RAW, prompt.text),)
        if isinstance(prompt, HolePrompt):
            return self._hole_pieces(file, model, Hole(prompt.prefix, prompt.suffix, chunks=prompt.chunks))
        return self._chat_pieces(file, model, prompt)

    def _chat_pieces(self, file: Path, model: Model, prompt: ChatPrompt) -> tuple[Piece, ...]:
        family = chat_family_for(model.facts.words)
        if family is None:
            raise FillUnsupportedError(
                f"{file.name} was not made for conversations: choose an instruct model for chat and edits.",
                endpoint=failures.LOCAL,
                model=file.name,
            )
        return chat_pieces(family, prompt)

    def _hole_pieces(self, file: Path, model: Model, hole: Hole) -> tuple[Piece, ...]:
        family = model.family
        if family is None:
            return (Piece(Kind.PREFIX, hole.prefix),)
        if not family.is_suffix_first:
            hole = with_suffix_within(hole, model.moved_suffix_tokens or self.suffix_tokens(file))
        return pieces_of(family, hole)

    async def _deltas(self, file: Path, steps: AsyncGenerator[Written, None]) -> AsyncGenerator[Delta, None]:
        async with aclosing(steps):
            try:
                async for step in steps:
                    self._learn_speed(file, step)
                    yield delta_of(step)
            except asyncio.TimeoutError:
                raise took_too_long(file) from None

    def _learn_speed(self, file: Path, step: Written) -> None:
        usage = step.usage
        if usage is not None and usage.prompt_s and usage.evaluated >= FEWEST_TELLING_TOKENS:
            self._speeds[file] = usage.evaluated / usage.prompt_s


async def within(work: Awaitable[T], deadline: float, file: Path) -> T:
    """What is awaited, up to a moment; a model that is being loaded goes on being loaded."""
    left_s = max(0.0, deadline - asyncio.get_running_loop().time())
    try:
        return await asyncio.wait_for(work, left_s)
    except asyncio.TimeoutError:
        raise took_too_long(file) from None


def took_too_long(file: Path) -> DeadlineExceededError:
    sentence = f"{file.name} took too long: choose a smaller model, or raise `complete.deadline_ms`."
    return DeadlineExceededError(sentence, endpoint=failures.LOCAL, model=file.name)


def by_lot(temperature: float, top_p: float = 1.0, seed: int | None = None) -> Sampling:
    """Another text each time, where no seed is named."""
    return Sampling(temperature, top_p, secrets.randbits(32) if seed is None else seed)


def wire(pieces: tuple[Piece, ...]) -> Wire:
    return [(piece.kind.value, piece.text) for piece in pieces]


def up_to_prefix(pieces: tuple[Piece, ...]) -> tuple[Piece, ...]:
    last = max((n for n, piece in enumerate(pieces) if piece.kind is Kind.PREFIX), default=len(pieces) - 1)
    return pieces[: last + 1]


def delta_of(step: Written) -> Delta:
    if not step.end:
        return Delta(text=step.text)
    usage = Usage(step.usage.prompt, step.usage.written) if step.usage else None
    return Delta(text=step.text, finish=FINISHES.get(step.end, Finish.STOP), usage=usage)


def suffix_tokens(tokens_per_s: float) -> int:
    """What stands behind the cursor is read again at every key: as much as takes a tenth of a second.

    In doublings, so that it does not become another text with every small change of the speed.
    """
    tokens = FEWEST_SUFFIX_TOKENS
    while tokens < MOST_SUFFIX_TOKENS and 2 * tokens <= tokens_per_s * READING_AGAIN_S:
        tokens *= 2
    return min(tokens, MOST_SUFFIX_TOKENS)


def with_suffix_within(hole: Hole, tokens: int) -> Hole:
    return replace(hole, suffix=head_within(hole.suffix, tokens, TokenCost()))


def time_of_change(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0
