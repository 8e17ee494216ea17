"""Model files run by a llama-server of the user's own: started, asked, restarted, and never left behind."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from foretype.backends.llama_server.models import ServedModels
from foretype.backends.llama_server.program import program_on_path
from foretype.backends.llama_server.servers import Servers
from foretype.backends.request import Filling, Request
from foretype.backends.upstream import Upstream
from foretype.config.settings import LocalSettings
from foretype.errors import (
    BackendError,
    DeadlineExceededError,
    EngineBrokenError,
    EngineGoneError,
    LocalModelError,
    ModelTooLargeError,
)
from foretype.prompt.asked import ChatPrompt, Message, RawPrompt
from foretype.prompt.hole import Hole

from contract.llama_server import Program, model_in, program_in

HOLE = Hole("def add(left, right):\n    ", "\n")
SETTINGS = LocalSettings(context=1024, batch=256, threads=1, idle_minutes=0)
PATIENCE_S = 30.0


class Running:
    """Models served from a folder of the test's own, by settings that the test may change."""

    def __init__(self, folder: Path, program: Program, upstream: Upstream) -> None:
        self.folder = folder
        self.settings = SETTINGS
        variables = {"PATH": str(program.folder), "HF_TOKEN": "hf_secret", "HOME": str(folder)}
        self.servers = Servers(
            lambda: folder / "servers", variables, lambda: self.settings, upstream.connections, 0.05
        )
        self.models = ServedModels(self.servers, upstream)

    async def fill(self, file: Path, max_tokens: int = 8, deadline_s: float = PATIENCE_S) -> str:
        answer = self.models.fill(file, Filling(HOLE, max_tokens), deadline_s)
        async with aclosing(answer) as deltas:
            return "".join([delta.text async for delta in deltas])

    @property
    def records(self) -> list[dict[str, object]]:
        """What stands there for `foretype models ps`."""
        return [json.loads(each.read_text()) for each in sorted((self.folder / "servers").glob("*.json"))]

    @property
    def processes(self) -> list[int]:
        return [int(str(record["pid"])) for record in self.records]


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Program:
    return program_in(tmp_path_factory.mktemp("path") / "bin")


@asynccontextmanager
async def running_in(folder: Path, program: Program) -> AsyncIterator[Running]:
    upstream = Upstream()
    running = Running(folder, program, upstream)
    try:
        yield running
    finally:
        await running.models.close()
        await upstream.aclose()


@pytest.fixture
async def running(tmp_path: Path, program: Program) -> AsyncIterator[Running]:
    async with running_in(tmp_path, program) as ready:
        yield ready


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and that nobody has asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def ended(pids: list[int]) -> None:
    until = time.monotonic() + PATIENCE_S
    while any(map(is_alive, pids)):
        assert time.monotonic() < until, "it is still running"
        await asyncio.sleep(0.02)


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


async def test_a_hole_and_a_conversation_are_answered_by_one_server(running: Running) -> None:
    file = model_in(running.folder)
    assert await running.fill(file)
    (pid,) = running.processes
    prompt = ChatPrompt((Message("user", "What is a list?"),))
    chat = running.models.stream(file, Request(file.name, prompt, 4), PATIENCE_S)
    async with aclosing(chat) as deltas:
        assert "".join([delta.text async for delta in deltas])
    await running.models.warm(file, HOLE)
    assert running.processes == [pid]
    (record,) = running.records
    assert record["model"] == str(file)
    assert record["context"] == 1024


async def test_the_key_is_in_no_command_line_and_the_token_in_no_environment(running: Running) -> None:
    file = model_in(running.folder)
    async with running.servers.asked(file) as server:
        key = server.launch.key.reveal().encode()
        (pid,) = running.processes
        for process in (pid, parent_of(pid)):
            assert key not in Path(f"/proc/{process}/cmdline").read_bytes()
            variables = Path(f"/proc/{process}/environ").read_bytes()
            assert key in variables
            assert b"hf_secret" not in variables
    for path in (running.folder / "servers").iterdir():
        assert key not in path.read_bytes()
        assert path.stat().st_mode & 0o077 == 0


async def test_it_listens_on_loopback_only(running: Running) -> None:
    async with running.servers.asked(model_in(running.folder)) as server:
        port = f"{server.launch.port:04X}"
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    assert {row[1] for row in rows if row[1].endswith(f":{port}") and row[3] == "0A"} == {f"0100007F:{port}"}


async def test_other_settings_and_another_file_of_the_same_name_are_loaded_anew(running: Running) -> None:
    file = model_in(running.folder)
    await running.fill(file)
    before = running.processes
    running.settings = replace(SETTINGS, context=512)
    await running.fill(file)
    assert running.records[0]["context"] == 512
    between = running.processes
    os.utime(file, (1, 1))
    await running.fill(file)
    assert len({*before, *between, *running.processes}) == 3
    await ended(before + between)


async def test_a_server_that_was_killed_is_started_again_and_within_a_budget(running: Running) -> None:
    file = model_in(running.folder)
    for _ in range(4):
        assert await running.fill(file)
        (pid,) = running.processes
        os.kill(pid, signal.SIGKILL)
        await ended([pid])
    with pytest.raises(EngineBrokenError, match=r"small\.gguf and is left alone"):
        await running.fill(file)
    running.servers.try_again()
    assert await running.fill(file)


async def test_what_breaks_off_in_the_middle_is_told(running: Running, program: Program) -> None:
    if program.is_real:
        pytest.skip("the test model has written all that it will before anybody can end it")
    file = model_in(running.folder, "slow.gguf")
    request = Request(file.name, RawPrompt("x"), max_tokens=200)
    async with aclosing(running.models.stream(file, request, PATIENCE_S)) as deltas:
        await anext(deltas)
        os.kill(running.processes[0], signal.SIGKILL)
        with pytest.raises(EngineGoneError, match="ended while it was asked"):
            assert not [delta.text async for delta in deltas if delta.finish]


async def test_a_file_that_it_cannot_load_is_told_with_its_reason(running: Running, program: Program) -> None:
    file = model_in(running.folder, "broken.gguf")
    if program.is_real:
        file.write_bytes(file.read_bytes().replace(b"output_norm.weight", b"output_gone.weight"))
    for _ in range(4):
        with pytest.raises(
            LocalModelError, match=r"could not load it: error loading model: .*output_norm\.weight"
        ):
            await running.fill(file)
    with pytest.raises(EngineBrokenError):
        await running.fill(file)
    assert not running.records
    assert await running.fill(model_in(running.folder))


async def test_a_model_that_cannot_fill_holes_goes_on_with_what_stands_before(
    running: Running, program: Program
) -> None:
    if program.is_real:
        pytest.skip("the test model fills holes")
    file = model_in(running.folder, "no-holes.gguf")
    assert await running.fill(file)
    assert await running.fill(file)


async def test_a_server_that_asks_for_no_key_is_not_used(running: Running, program: Program) -> None:
    if program.is_real:
        pytest.skip("it asks for one")
    with pytest.raises(LocalModelError, match=r"update llama\.cpp"):
        await running.fill(model_in(running.folder, "keyless.gguf"))
    assert not running.records


async def test_who_cannot_wait_for_a_large_model_finds_it_loaded_later(
    running: Running, program: Program
) -> None:
    if program.is_real:
        pytest.skip("the test model is loaded at once")
    file = model_in(running.folder, "large.gguf")
    with pytest.raises(DeadlineExceededError, match="still being loaded"):
        await running.fill(file, deadline_s=0.3)
    assert await running.fill(file)
    assert len(running.records) == 1


async def test_one_more_than_allowed_takes_the_place_of_the_longest_unused(running: Running) -> None:
    one, two, three = (model_in(running.folder, f"{name}.gguf") for name in ("one", "two", "three"))
    for file in (one, two, one, three):
        await running.fill(file)
    assert {record["model"] for record in running.records} == {str(one), str(three)}


async def test_one_that_is_asked_is_not_ended_for_another(running: Running) -> None:
    running.settings = replace(SETTINGS, max_models=1)
    async with running.servers.asked(model_in(running.folder, "one.gguf")) as server:
        with pytest.raises(ModelTooLargeError, match=r"1 models are in use already"):
            await running.fill(model_in(running.folder, "two.gguf"))
        assert server.is_running


async def test_what_does_not_fit_is_not_started(running: Running) -> None:
    running.settings = replace(SETTINGS, memory_mb=20)
    with pytest.raises(ModelTooLargeError, match=r"needs about \d+ MB of memory, and .* allows 20 MB"):
        await running.fill(model_in(running.folder))


async def test_an_idle_one_is_ended(running: Running) -> None:
    file = model_in(running.folder)
    running.settings = replace(SETTINGS, idle_minutes=1)
    async with running.servers.asked(file):
        (pid,) = running.processes
    await ended([pid])
    assert await running.fill(file)


async def test_one_that_is_ended_while_it_is_loaded_is_started_again(
    running: Running, program: Program
) -> None:
    if program.is_real:
        pytest.skip("the test model is loaded at once")
    file = model_in(running.folder, "large.gguf")
    waiting = asyncio.ensure_future(running.fill(file))
    while not running.records:
        await asyncio.sleep(0.02)
    (pid,) = running.processes
    await running.servers.end_all()
    await ended([pid])
    assert await waiting
    assert running.processes != [pid]


async def test_closing_ends_every_process_and_leaves_no_file(tmp_path: Path, program: Program) -> None:
    async with running_in(tmp_path, program) as running:
        for name in ("one.gguf", "two.gguf"):
            await running.fill(model_in(tmp_path, name))
        pids = running.processes
        pids += [parent_of(pid) for pid in pids]
    assert not any(map(is_alive, pids))
    assert not list((tmp_path / "servers").iterdir())


async def test_the_server_ends_with_its_guardian(running: Running) -> None:
    await running.fill(model_in(running.folder))
    (pid,) = running.processes
    os.kill(parent_of(pid), signal.SIGKILL)
    await ended([pid])


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
sys.path[:0] = {path!r}
from contract.llama_server import Program
from contract.test_llama_server import parent_of, running_in
async def main():
    async with running_in(Path({folder!r}), Program(Path({program!r}), False)) as running:
        await running.fill(Path({file!r}))
        (pid,) = running.processes
        print(pid, parent_of(pid), flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
asyncio.run(main())
"""


async def test_the_server_ends_with_us_however_we_end(tmp_path: Path, program: Program) -> None:
    tests = str(Path(__file__).parents[1])
    code = KILLED.format(
        path=[tests], folder=str(tmp_path), program=str(program.folder), file=str(model_in(tmp_path))
    )
    done = await asyncio.to_thread(
        subprocess.run, [sys.executable, "-c", code], capture_output=True, timeout=60, check=False
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    await ended([int(pid) for pid in done.stdout.split()])
    assert not list((tmp_path / "servers").glob("*.json"))


async def test_only_a_folder_of_the_path_that_stands_fast_is_looked_into(
    tmp_path: Path, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(program.folder)
    assert program_on_path({"PATH": os.pathsep.join([".", "", "bin", str(tmp_path)])}) is None
    assert program_on_path({}) is None
    found = program_on_path({"PATH": os.pathsep.join([str(tmp_path), str(program.folder)])})
    assert found == program.folder / "llama-server"


async def test_without_a_program_it_is_told_what_to_install(tmp_path: Path) -> None:
    async with running_in(tmp_path, Program(tmp_path / "nowhere", is_real=False)) as running:
        with pytest.raises(BackendError, match="pip install"):
            await running.fill(model_in(tmp_path))
