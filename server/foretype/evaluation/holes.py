"""Holes: places in real files where a line is cut at a random character, its rest to be predicted."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from time import perf_counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.evaluation.subject import Subject
    from foretype.predictor.building import SourceFile


@dataclass(frozen=True, order=True)
class Hole:
    """Where a line is cut, what it went on with, and the line after it."""

    file: int
    line: int
    column: int
    rest: str
    next_line: str = ""


@dataclass(frozen=True)
class Trial:
    """What a model answered at a hole."""

    hole: Hole
    text: str | None
    probability: float
    seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the rest of the line is right, whatever follows it."""
        return self.text is not None and self.text.partition("\n")[0].rstrip() == self.hole.rest

    @property
    def has_second_line(self) -> bool:
        return self.text is not None and "\n" in self.text

    @property
    def is_right_throughout(self) -> bool:
        """Whether the rest of the line is right, and the second line too if there is one."""
        if self.text is None or not self.has_second_line:
            return self.is_right
        return self.is_right and self.text.partition("\n")[2].rstrip() == self.hole.next_line.rstrip()


def cut_holes(files: Sequence[SourceFile], number: int, seed: int) -> list[Hole]:
    """So many holes, each at a random character of a random line that is not blank, in the files' order."""
    chance = random.Random(seed)
    lines = [
        (at, number, line, following)
        for at, file in enumerate(files)
        for number, (line, following) in enumerate(pairwise([*file.text.splitlines(), ""]))
        if line.strip()
    ]
    return sorted(_cut(*chance.choice(lines), chance) for _ in range(number if lines else 0))


def _cut(file: int, number: int, line: str, following: str, chance: random.Random) -> Hole:
    content = line.rstrip()
    column = chance.randrange(len(line) - len(line.lstrip()), len(content))
    return Hole(file, number, column, content[column:], following)


def try_holes(
    subject: Subject, files: Sequence[SourceFile], holes: Iterable[Hole], *, below: bool = True
) -> Iterator[Trial]:
    """Ask the subject at each hole; without `below`, the file ends there, as when it is first typed."""
    for at, group in groupby(holes, key=lambda hole: hole.file):
        file = files[at]
        lines = file.text.splitlines()
        subject.open(file.path, file.family, lines)
        for hole in group:
            yield _try(subject, file, lines, hole, below)


def _try(subject: Subject, file: SourceFile, lines: list[str], hole: Hole, below: bool) -> Trial:
    line = lines[hole.line]
    if not below:
        subject.open(file.path, file.family, lines[: hole.line + 1])
    subject.edit(hole.line, 1, [line[: hole.column]])
    start = perf_counter()
    answer = subject.answer(hole.line, hole.column)
    seconds = perf_counter() - start
    subject.edit(hole.line, 1, [line])
    text, probability = answer or (None, 0.0)
    return Trial(hole, text, probability, seconds)
