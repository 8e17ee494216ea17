"""Somebody types for a long time, and the server dies now and then: nothing is lost, nothing is left over.

`make soak` types for twenty minutes.
"""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import pytest

from editors.desk import Desk
from editors.patience import until
from vscode.chat import chat_page
from vscode.processes import Process, processes_of
from vscode.test_server_life import servers, started
from vscode.typist import Typist
from vscode.window import Window

from contract.upstream import Upstream
from engine.running import MODEL, beside

DURATION_S = 60 * float(os.environ.get("FORETYPE_SOAK_MINUTES", "1.1"))
KILLED_EVERY_S = min(90.0, DURATION_S / 4)  # the extension gives up at four crashes in three minutes
WARM_FOR = 0.8  # of the second half: what its server has taken by then is what it needs
MOST_MEMORY_GROWN_BYTES = 16 << 20
MOST_FILES_GROWN = 4
SEED = 20
KINDS = ("tap.py", "foretype lsp", "foretype.engine")


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A path short enough for the engine's socket, so that the engine outlives a server that is killed."""
    folder = Path(tempfile.mkdtemp(prefix="ft"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def desk(desk: Desk) -> Desk:
    """One whose chat is answered by an engine on this machine."""
    config = desk.home / "foretype" / "config" / "config.toml"
    written = config.read_text().replace('chat = ["lab:chat"]', f'chat = ["local:{MODEL}"]')
    config.write_text(f"{written}instant = false\n\n[local]\nthreads = 1\ncontext = 4096\n")
    return desk


@pytest.fixture
async def vscode(vscode: Window, desk: Desk) -> AsyncIterator[Window]:
    """One whose engine ends with it, and does not wait a minute for another editor."""
    yield vscode
    async with beside(desk.home / "foretype") as other:
        await other.restart()


@dataclass
class Health:
    """What a server takes, looked at now and then."""

    server: Process
    memory: list[int] = field(default_factory=list)
    files: list[int] = field(default_factory=list)

    def look(self) -> None:
        self.memory.append(self.server.memory_bytes)
        self.files.append(self.server.open_files)

    def is_good(self) -> None:
        self.look()
        memory, files = median_growth(self.memory), median_growth(self.files)
        print(f"memory: {self.memory[0] >> 20} MiB, grown by {memory >> 10} KiB")
        print(f"open files: {self.files[0]}, grown by {files}")
        assert memory <= MOST_MEMORY_GROWN_BYTES, self.memory
        assert files <= MOST_FILES_GROWN, self.files


def median_growth(values: list[int]) -> int:
    """From the first fifth to the last; a piece of garbage more or less is no growth."""
    part = max(1, len(values) // 5)
    return int(statistics.median(values[-part:]) - statistics.median(values[:part]))


def program() -> Iterator[str]:
    """Lines of which none begins like another."""
    for number in itertools.count(1):
        yield f"v{number:05} = measure(width_{number}, height={number})"


async def test_typing_for_a_long_time_loses_no_key_and_leaks_nothing(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    typist = Typist(vscode, upstream, desk.file("soak.py", ""), SEED)
    await vscode.open(typist.file)
    lines = program()
    await ask_the_engine(vscode)
    kills = await with_a_server_that_dies(typist, lines, desk)
    health = Health(Process(servers(desk)[-1]))
    await at_work(typist, lines, DURATION_S / 2, health)
    await typist.is_on_disk()
    print(f"{len(typist.lines)} lines, {typist.accepted} suggestions taken, {kills} servers killed")
    assert kills
    assert len(servers(desk)) == kills + 1
    assert await vscode.messages() == []
    health.is_good()
    await until(partial(one_of_each, desk), lambda: f"one of each of {processes_of(desk.home.parent)}")


async def with_a_server_that_dies(typist: Typist, lines: Iterator[str], desk: Desk) -> int:
    """The first half: the server is killed again and again, while somebody types; they go on meanwhile."""
    kills = int(DURATION_S / 2 // KILLED_EVERY_S)
    for number in range(1, kills + 1):
        await at_work(typist, lines, KILLED_EVERY_S)
        os.kill(await started(desk, number), signal.SIGKILL)
        await typist.type_on(next(lines))
        await started(desk, number + 1)
    return kills


async def at_work(typist: Typist, lines: Iterator[str], for_s: float, health: Health | None = None) -> None:
    end = time.monotonic() + for_s
    while time.monotonic() < end:
        await typist.write(next(lines))
        if len(typist.lines) % 5 == 0:
            await typist.go_back()
        if len(typist.lines) % 10 == 0:
            await ask_the_engine(typist.window)
        if health is not None and end - time.monotonic() < for_s * WARM_FOR:
            health.look()


async def ask_the_engine(vscode: Window) -> None:
    """A question in the chat; the answer is stopped if it has not come to its end by then."""
    page = await chat_page(vscode)
    await page.get_by_role("button", name="New").click()
    await page.locator("#words:focus").wait_for()
    await vscode.type("What is this?")
    await vscode.press("Enter")
    await page.locator('[data-speaker="assistant"] > div:last-of-type > *').first.wait_for(state="attached")
    await vscode.press("Escape")
    await page.locator("#send").wait_for()
    await vscode.back_to_the_text()


async def one_of_each(desk: Desk) -> bool:
    """No server that was killed is still there, nor what it had started; the engine outlived them all."""
    running = [process.words for process in processes_of(desk.home.parent)]
    ours = [" ".join(words) for words in running if Path(words[0]).name.startswith("python")]
    kinds = Counter(next((kind for kind in KINDS if kind in command), command) for command in ours)
    return kinds == Counter(KINDS)
