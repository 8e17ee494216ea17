"""The predictor's speed and memory: a file of 5,000 lines in 10 MB of the standard library's source.

python tests/bench/predictor.py [FOLDER]
"""

from __future__ import annotations

import asyncio
import gc
import random
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from time import perf_counter

from foretype.evaluation.holes import Hole, cut_holes
from foretype.evaluation.memory import resident_bytes
from foretype.predictor import indexing
from foretype.predictor.building import SourceFile
from foretype.predictor.predictor import Predictor
from foretype.predictor.walking import Walk

LINES = 5000
PREDICTIONS = 1000


def timed(action: Callable[[], object]) -> float:
    start = perf_counter()
    action()
    return (perf_counter() - start) * 1000


def quantiles(milliseconds: Sequence[float]) -> str:
    ordered = sorted(milliseconds)
    p50, p95, p99 = (ordered[int(len(ordered) * share)] for share in (0.50, 0.95, 0.99))
    return f"p50 {p50:.3f} ms, p95 {p95:.3f} ms, p99 {p99:.3f} ms, worst {ordered[-1]:.1f} ms"


def large_file(folder: Path) -> SourceFile:
    """The file whose length is nearest to 5,000 lines."""
    return min(Walk([folder]).files(), key=lambda file: abs(file.text.count("\n") - LINES))


def ask(predictor: Predictor, lines: Sequence[str], holes: Sequence[Hole]) -> Iterator[float]:
    """Cut the line, ask, and put it back, as often as there are holes; the time of the asking."""
    for hole in holes:
        line = lines[hole.line]
        predictor.edited("", hole.line, 1, [line[: hole.column]])
        yield timed(lambda hole=hole: predictor.predict("", hole.line, hole.column))  # type: ignore[misc]
        predictor.edited("", hole.line, 1, [line])


async def while_indexing(
    predictor: Predictor, folder: Path, cache: Path, lines: Sequence[str], holes: Sequence[Hole]
) -> tuple[list[float], float]:
    """The time of predictions on the event loop while another process indexes, and how long it took."""
    start = perf_counter()
    indexing_task = asyncio.create_task(indexing.index_in_background([folder], cache))
    times: list[float] = []
    while not indexing_task.done():
        for hole in holes:
            times += ask(predictor, lines, [hole])
            await asyncio.sleep(0.01)
            if indexing_task.done():
                break
    return times, perf_counter() - start


def main() -> None:
    if sys.argv[1:2] == ["--resident"]:
        report_resident(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else sysconfig.get_paths()["stdlib"])
    file = large_file(folder)
    lines = file.text.splitlines()
    holes = cut_holes([file], PREDICTIONS, seed=1)
    random.Random(1).shuffle(holes)
    with tempfile.TemporaryDirectory() as temporary:
        cache = Path(temporary)
        predictor = Predictor()
        predictor.opened("", file.path, file.family, lines)
        report_indexing(predictor, folder, cache)
        print(f"open {len(lines)} lines:", f"{timed(lambda: reopen(predictor, file, lines)):.1f} ms")
        print("edit one line:    ", quantiles([timed(lambda: edit(predictor, lines)) for _ in range(500)]))
        print("take up a saved file:", f"{timed(lambda: predictor.saved('x.py', file.text)):.1f} ms")
        alone = list(ask(predictor, lines, holes))
        print("prediction:       ", quantiles(alone))
        beside, seconds = asyncio.run(while_indexing(predictor, folder, cache, lines, holes))
        print("  while indexing: ", quantiles(beside), f"(indexed in {seconds:.1f} s)")


def report_indexing(predictor: Predictor, folder: Path, cache: Path) -> None:
    predictor.learned(asyncio.run(indexing.index_in_background([folder], cache)))
    size = indexing.cache_file([folder], cache).stat().st_size
    milliseconds = timed(lambda: indexing.known([folder], cache))
    print(f"workspace {folder}: {size / 1e6:.0f} MB on disk, {milliseconds:.0f} ms to load")
    # In a process that has done nothing else, so that no freed memory is counted or reused.
    command = [sys.executable, __file__, "--resident", str(folder), str(cache)]
    print(
        "  resident:       ",
        subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip(),
    )


def report_resident(folder: Path, cache: Path) -> None:
    """What the workspace adds to a fresh process, before and after a thousand answers."""
    predictor = Predictor()
    before = resident_bytes()
    predictor.learned(indexing.known([folder], cache))
    gc.collect()
    loaded = resident_bytes() - before
    path = folder / "_pydecimal.py"
    text = path.read_text(encoding="utf-8") if path.exists() else "x = 1\n" * LINES
    file = SourceFile(str(path), "code", text)
    predictor.opened("", file.path, file.family, text.splitlines())
    for _ in ask(predictor, text.splitlines(), cut_holes([file], PREDICTIONS, seed=1)):
        pass
    used = resident_bytes() - before
    print(
        f"{loaded / 1e6:.0f} MB loaded, {used / 1e6:.0f} MB with a large file open and {PREDICTIONS} answers"
    )


def reopen(predictor: Predictor, file: SourceFile, lines: Sequence[str]) -> None:
    predictor.opened("", file.path, file.family, lines)


def edit(predictor: Predictor, lines: Sequence[str]) -> None:
    predictor.edited("", len(lines) // 2, 1, [lines[len(lines) // 2]])


if __name__ == "__main__":
    main()
