"""Times every cleaner and every stage on lines of a million characters, and a whole clean on common texts."""

from __future__ import annotations

import argparse
import asyncio
import time
from collections.abc import AsyncGenerator, Callable

from foretype.postprocess import CLEANERS, clean
from foretype.stream import STAGES, stop_early
from foretype.stream.cursor import Cursor

MILLION = 1_000_000
LINES = {
    "letters": "x" * MILLION,
    "blanks": " " * MILLION,
    "brackets": "(" * MILLION,
    "closers": ")" * MILLION,
    "quotes": "\"'" * (MILLION // 2),
    "escapes": '\\"' * (MILLION // 2),
    "fences": "`" * MILLION,
    "angles": "<|" * (MILLION // 2),
    "words": "value, " * (MILLION // 7),
}
TYPICAL = "for user in users:\n        if user.active:\n            yield user.name\n    return None\n"


def milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1_000


def cursor_of(line: str) -> Cursor:
    return Cursor(
        before=line, after=line, above=(line,), below=(line,), language="typescript", multiline=True
    )


async def arriving(text: str) -> AsyncGenerator[str, None]:
    for start in range(0, len(text), 4_096):
        yield text[start : start + 4_096]


async def drained(source: AsyncGenerator[str, None]) -> None:
    async for _ in source:
        pass


def worst(times: dict[str, float]) -> str:
    name = max(times, key=lambda name: times[name])
    return f"{times[name]:9.1f} ms  ({name})"


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    plain = Cursor(before="    ", language="typescript", multiline=True)
    print(f"{'rule':28} {'worst on such a text':32} worst in such a document")
    for cleaner in CLEANERS:
        text = {n: milliseconds(lambda: cleaner(line, plain)) for n, line in LINES.items()}  # noqa: B023  # called at once
        document = {
            n: milliseconds(lambda: cleaner("value)", cursor_of(line)))  # noqa: B023  # called at once
            for n, line in LINES.items()
        }
        print(f"{cleaner.__name__:28} {worst(text):32} {worst(document)}")
    for stage in STAGES:
        text = {
            n: milliseconds(lambda: asyncio.run(drained(stop_early(arriving(line), plain, (stage,)))))  # noqa: B023  # called at once
            for n, line in LINES.items()
        }
        print(f"{stage.__name__:28} {worst(text):32}")
    whole = {n: milliseconds(lambda: clean(line, plain)) for n, line in LINES.items()}  # noqa: B023  # called at once
    print(f"{'all cleaners':28} {worst(whole)}")
    python = Cursor(before="    ", above=("def f(users):",), language="python", multiline=True)
    times = sorted(milliseconds(lambda: clean(TYPICAL, python)) for _ in range(200))
    print(f"{'a common text, all cleaners':28} {times[100]:9.2f} ms p50, {times[190]:.2f} ms p95")


if __name__ == "__main__":
    main()
