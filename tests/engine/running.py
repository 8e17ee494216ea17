"""A real engine with the test model, for as long as a test needs it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

from foretype.config.environment import Environment, read_environment
from foretype.engine.answers import Usage
from foretype.engine.client import Engine, Pieces
from foretype.engine.protocol import Lane, LoadOptions

MODEL = Path(__file__).parents[1] / "model" / "tiny-fim-python-q8_0.gguf"
OPTIONS = LoadOptions(context=2048, threads=1)
PATIENCE_S = 20.0
WORDS = ("<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>")


@asynccontextmanager
async def home() -> AsyncIterator[Path]:
    """A folder with a path short enough for a socket, and no engine left in it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="ft"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def environment(home: Path, **more: str) -> Environment:
    kept = {name: os.environ[name] for name in ("PATH",) if name in os.environ}
    return read_environment({**kept, "HOME": str(home), "FORETYPE_HOME": str(home), **more})


@asynccontextmanager
async def engine_in(
    home: Path, linger_s: float = 0.2, grace_s: float = 10.0, **more: str
) -> AsyncIterator[Engine]:
    """A client, whose engine has ended when the block has."""
    running = Engine(environment(home, **more), linger_s, grace_s)
    try:
        yield running
    finally:
        process_id = running.process_id
        await running.close()
        if process_id is not None:
            await gone(process_id)


@asynccontextmanager
async def beside(home: Path) -> AsyncIterator[Engine]:
    """One more editor's client of the engine that another one started."""
    running = Engine(environment(home), 0.2)
    try:
        yield running
    finally:
        await running.close()


async def gone(process_id: int) -> None:
    """Until a process has ended, however it came to that."""
    for _ in range(int(PATIENCE_S / 0.02)):
        if not is_running(process_id):
            return
        await asyncio.sleep(0.02)
    with contextlib.suppress(ProcessLookupError):
        os.kill(process_id, signal.SIGKILL)
    raise AssertionError("the engine did not end")


def is_running(process_id: int) -> bool:
    try:
        status = Path(f"/proc/{process_id}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def hole(prefix: str, suffix: str = "\n") -> list[tuple[str, str]]:
    before, after, middle = WORDS
    return [
        ("control", before),
        ("prefix", prefix),
        ("control", after),
        ("suffix", suffix),
        ("control", middle),
    ]


async def text_of(
    engine: Engine,
    pieces: Pieces,
    max_tokens: int = 16,
    *,
    model: Path = MODEL,
    options: LoadOptions = OPTIONS,
    lane: str = Lane.COMPLETE,
    stops: Sequence[str] = (),
    may_move: bool = False,
) -> tuple[str, str, Usage]:
    """What was written, how it ended, and what it cost."""
    text, end, usage = "", "", None
    steps = engine.write(str(model), pieces, options, max_tokens, lane=lane, stops=stops, may_move=may_move)
    async with aclosing(steps):
        async for step in steps:
            text += step.text
            end, usage = step.end or end, step.usage or usage
    assert usage is not None
    return text, end, usage
