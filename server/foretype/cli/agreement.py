"""`foretype eval --agreement`: whether a local model may move what stands behind the cursor as one types."""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foretype.backends.agreement import FEWEST_HOLES, LEAST_SAME_ANSWERS, Agreement, today
from foretype.backends.local.models import LocalModels
from foretype.cli.reach import registry_at_hand
from foretype.errors import ForetypeError
from foretype.evaluation.agreement import Pair, Said, agreed, compared
from foretype.evaluation.holes import cut_holes
from foretype.models.ids import Runs
from foretype.predictor.building import SourceFile

TRIES_PER_HOLE = 4
CALIBRATION = "".join(f"value_{number} = {number}\n" for number in range(32))


@dataclass(frozen=True)
class Asking:
    """One model file, asked without a server between."""

    models: LocalModels
    file: Path
    suffix_tokens: int

    async def said(self, prefix: str, suffix: str, max_tokens: int, may_move: bool) -> Said:
        texts = prefix, suffix
        text, last = await self.models.written_between(
            self.file, texts, max_tokens, self.suffix_tokens, may_move=may_move
        )
        return Said(text, last.usage.moved if last.usage else 0)


async def measure_agreement(written: str, files: Sequence[SourceFile], holes: int, seed: int) -> Agreement:
    """Compare at so many holes, and remember what came out for this very file."""
    async with registry_at_hand() as registry:
        model = registry.parse(written)
        if model.runs is not Runs.LOCAL:
            raise ForetypeError(f"{written} does not run in the local engine: choose a model of `local:`.")
        local = registry.access.local_models.engine
        file = await registry.access.local_files.path_of(model.name)
        facts = await local.facts(file)
        if not facts.can_move:
            raise ForetypeError(
                f"The memory of {file.name} ({facts.architecture}) cannot move text; it is always read again."
            )
        # A first text says how fast the model reads, and so how much behind the cursor it will be given.
        await Asking(local, file, 0).said(CALIBRATION, "", 1, False)
        asking = Asking(local, file, local.suffix_tokens(file))
        counted = agreed(await pairs_of(asking, files, holes, seed))
        found = Agreement(
            counted.holes,
            asking.suffix_tokens,
            round(counted.same_first, 4),
            round(counted.same_answer, 4),
            round(counted.exact_ms, 2),
            round(counted.moved_ms, 2),
            today(),
        )
        local.agreements.remember(file, found)
        return found


async def pairs_of(asking: Asking, files: Sequence[SourceFile], holes: int, seed: int) -> list[Pair]:
    """Pairs at so many holes; where nothing could be moved, another hole is cut."""
    pairs: list[Pair] = []
    cut = cut_holes(files, holes * TRIES_PER_HOLE, seed)
    random.Random(seed).shuffle(cut)
    for hole in cut:
        if (pair := await compared(asking.said, files[hole.file], hole)) is not None:
            pairs.append(pair)
            print(f"\r{len(pairs)} of {holes} holes", end="", file=sys.stderr, flush=True)
        if len(pairs) == holes:
            break
    print(file=sys.stderr)
    return pairs


def agreement_lines(model: str, found: Agreement) -> list[str]:
    return [
        f"{model}, what stands behind the cursor moved as one types, {found.day}",
        f"  holes                 {found.holes:7}   up to {found.suffix_tokens} tokens behind the cursor",
        f"  first token the same  {found.same_first:7.1%}",
        f"  answer the same       {found.same_answer:7.1%}   ({LEAST_SAME_ANSWERS:.0%} are needed)",
        f"  time for a key        {found.moved_ms:.1f} ms moved, {found.exact_ms:.1f} ms read again",
        f"  {verdict(found)}",
    ]


def verdict(found: Agreement) -> str:
    if found.is_enough:
        return "It is moved from now on, and read exactly where you pause."
    if found.holes < FEWEST_HOLES:
        return f"It is read again at every key: {FEWEST_HOLES} holes are needed to know more (`--holes`)."
    if found.same_answer < LEAST_SAME_ANSWERS:
        return "It is read again at every key: moving would change too many answers."
    return "It is read again at every key: moving saves no time here."
