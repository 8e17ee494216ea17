"""The workspace read in a process of its own, into a cache file, so that no keystroke waits for it."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from foretype.predictor import segment_file
from foretype.predictor.building import build
from foretype.predictor.walking import Bounds, Walk

if TYPE_CHECKING:
    from foretype.predictor.segment import Segment


# Isolated, with this process's own path: a module in the working folder must never be imported.
_BOOTSTRAP = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from foretype.predictor.indexing import main; sys.exit(main())"
)


@dataclass(frozen=True)
class Report:
    """What an indexing has read, and how long it took."""

    files: int
    characters: int
    seconds: float


def cache_file(folders: Sequence[Path], cache: Path) -> Path:
    """Where the segment of these folders is kept."""
    names = "\n".join(sorted(os.path.realpath(folder) for folder in folders))
    digest = hashlib.sha256(names.encode("utf-8", "surrogatepass")).hexdigest()
    return cache / (digest[:32] + segment_file.SUFFIX)


def index(
    folders: Sequence[Path], cache: Path, exclude: tuple[str, ...] = (), bounds: Bounds | None = None
) -> Report:
    """Read a workspace and keep its segment in the cache folder."""
    start = perf_counter()
    files = list(Walk(folders, exclude, bounds or Bounds()).files())
    segment_file.write(build(files), cache_file(folders, cache))
    characters = sum(len(file.text) for file in files)
    return Report(len(files), characters, round(perf_counter() - start, 3))


def known(folders: Sequence[Path], cache: Path) -> Segment | None:
    """The segment that an earlier indexing has left."""
    return segment_file.read(cache_file(folders, cache))


async def index_in_background(
    folders: Sequence[Path], cache: Path, exclude: tuple[str, ...] = ()
) -> Segment | None:
    """Index in a process of its own and load what it leaves; a cancelled wait ends the process."""
    arguments = ["--into", str(cache), *(f"--exclude={glob}" for glob in exclude), "--", *map(str, folders)]
    importable = json.dumps([path for path in sys.path if path])
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-c", _BOOTSTRAP, importable, *arguments),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        if await process.wait() != 0:
            return None
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return await asyncio.to_thread(known, folders, cache)


def main(arguments: Sequence[str] | None = None) -> int:
    """The indexing process; it gives way to everything else on the machine."""
    import argparse

    parser = argparse.ArgumentParser(prog="foretype.predictor.indexing")
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--into", type=Path, required=True)
    parser.add_argument("--exclude", action="append", default=[])
    options = parser.parse_args(arguments)
    if hasattr(os, "nice"):
        with suppress(OSError):
            os.nice(10)
    report = index(options.folders, options.into, tuple(options.exclude))
    sys.stdout.write(json.dumps(asdict(report)) + "\n")
    return 0
