"""How often the rules spoil what was right: holes in real files, filled with the code that stood there.

    python tests/bench/truth.py python src/*.py

A rule may end a suggestion early on purpose, at the end of a block for one; the figure is an upper bound.
"""

from __future__ import annotations

import argparse
import asyncio
import random
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import replace
from pathlib import Path

from foretype.postprocess import clean
from foretype.stream import stop_early
from foretype.stream.cursor import Cursor, cursor_at

HOLES_PER_FILE = 40
LONGEST_LINE = 300
SEED = 5


async def streamed(text: str, cursor: Cursor) -> str:
    async def arriving() -> AsyncGenerator[str, None]:
        for start in range(0, len(text), 4):
            yield text[start : start + 4]

    return "".join([delta async for delta in stop_early(arriving(), cursor)])


def margin(line: str) -> int:
    return len(line) - len(line.lstrip())


def whole_lines(lines: list[str], number: int, count: int, language: str) -> tuple[Cursor, str]:
    """A hole of lines of one block, at its indentation."""
    start = margin(lines[number])
    end = number + 1
    while end < min(number + count, len(lines)) and (not lines[end].strip() or margin(lines[end]) >= start):
        end += 1
    while not lines[end - 1].strip():
        end -= 1
    truth = "\n".join(lines[number:end])[start:]
    document = [*lines[:number], lines[number][:start], *lines[end:]]
    return replace(cursor_at(document, number, start, language), multiline=True), truth


def part_of_line(lines: list[str], number: int, start: int, end: int, language: str) -> tuple[Cursor, str]:
    line = lines[number]
    document = [*lines[:number], line[:start] + line[end:], *lines[number + 1 :]]
    return cursor_at(document, number, start, language), line[start:end]


def holes(lines: list[str], language: str, dice: random.Random) -> Iterator[tuple[str, Cursor, str]]:
    for _ in range(HOLES_PER_FILE):
        number = dice.randrange(len(lines))
        first, last = margin(lines[number]), len(lines[number].rstrip())
        if not 6 <= last - first <= LONGEST_LINE:
            continue
        kind = dice.choice(("line", "block", "rest", "middle"))
        if kind in ("line", "block"):
            yield kind, *whole_lines(lines, number, 1 if kind == "line" else dice.randint(2, 5), language)
        else:
            start = dice.randrange(first + 1, last - 2)
            end = last if kind == "rest" else dice.randrange(start + 2, last + 1)
            yield kind, *part_of_line(lines, number, start, end, language)


def is_spoiled(cursor: Cursor, truth: str) -> bool:
    suggestion = clean(asyncio.run(streamed(truth, cursor)), cursor)
    wanted = f"{cursor.before}{truth}{cursor.after}".split()
    if suggestion is None:
        return len(truth.strip()) > 1
    return f"{cursor.before}{suggestion.text}{cursor.after[suggestion.replace_after :]}".split() != wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("language")
    parser.add_argument("files", nargs="+", type=Path)
    arguments = parser.parse_args()
    dice = random.Random(SEED)
    dug: Counter[str] = Counter()
    spoiled: Counter[str] = Counter()
    for file in arguments.files:
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
        for kind, cursor, truth in holes(lines, arguments.language, dice):
            dug[kind] += 1
            spoiled[kind] += is_spoiled(cursor, truth)
    for kind, count in sorted(dug.items()):
        print(f"{kind:8} {count:6} holes {spoiled[kind]:5} spoiled  {100 * spoiled[kind] / count:5.2f} %")


if __name__ == "__main__":
    main()
