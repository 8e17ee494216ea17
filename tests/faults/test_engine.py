"""What goes wrong with a model on this machine, through a whole server of ours: rows 65-72 of the table.

Row 67, downloads, is shown where they are tested.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest

from faults.broken_library import Library
from faults.typist import BLOCK, Typist, typing
from faults.typist import MODEL as LAB_MODEL
from foretype.engine.protocol import LoadOptions

from contract.llama_server import program_in
from contract.test_faults import well
from contract.upstream import Upstream
from editor import environment
from engine.running import MODEL, engine_in, gone, hole, home, text_of

LOCAL = f"local:{MODEL}"
BOTH = [LOCAL, f"lab:{LAB_MODEL}"]
OTHER = "a + b"
"""What the second model of the chain says, wherever the first one cannot."""

LONG = "".join(f"def function_{n}(a, b):\n    return a + {n} * b\n\n" for n in range(75))


@pytest.fixture
async def place() -> AsyncIterator[Path]:
    async with home() as folder:
        yield folder


@pytest.fixture
def library(place: Path) -> Library:
    return Library(place)


async def writes(typist: Typist) -> None:
    """The local model's text is shown."""

    async def is_shown() -> bool:
        shown = await typist.asks(BLOCK)
        return bool(shown) and shown != [OTHER]

    await typist.client.eventually(is_shown, "text from the local model")


async def the_next_one_answers(typist: Typist, upstream: Upstream) -> None:
    for _ in range(2):
        upstream.will(well)
        await typist.sees(OTHER)


def engine_of(typist: Typist) -> int:
    """The process that the server has as its engine, by its command line."""
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and is_engine(entry, typist.client.process.pid):
            return int(entry.name)
    raise AssertionError("no engine runs")


def is_engine(process: Path, server: int) -> bool:
    try:
        parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        return parent == server and b"foretype.engine.process" in (process / "cmdline").read_bytes()
    except OSError:
        return False


# 65: the library


async def test_65_the_library_is_not_installed(place: Path, library: Library, upstream: Upstream) -> None:
    library.is_missing()
    variables = {"PYTHONPATH": str(library.folder), "PATH": str(place)}
    async with typing(place, upstream, models=BOTH, variables=variables) as typist:
        await the_next_one_answers(typist, upstream)
        typist.is_told_once("pip install 'foretype[local]'")


async def test_65_a_llama_server_on_the_path_takes_its_place(
    place: Path, library: Library, upstream: Upstream
) -> None:
    library.is_missing()
    program = program_in(place / "bin")
    variables = {"PYTHONPATH": str(library.folder), "PATH": str(program.folder)}
    async with typing(place, upstream, models=BOTH, variables=variables) as typist:
        await writes(typist)
        said = await ran(place, "models", "ps", **variables)
        assert f"{LOCAL}    in llama-server, " in said
        assert "1 editor\n" in said
        (record,) = (place / "foretype" / "engine" / "llama-server").glob("*.json")
        pid = json.loads(record.read_text())["pid"]
    await gone(pid)
    assert "no model is loaded" in await ran(place, "models", "ps", **variables)


async def ran(place: Path, *arguments: str, **variables: str) -> str:
    """What a command says in the environment of an editor."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "foretype", *arguments),
        env=environment(place, **variables),
        stdout=asyncio.subprocess.PIPE,
    )
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    return out.decode()


@pytest.mark.parametrize(
    "code",
    ["raise OSError('libllama.so: wrong ELF class')", "import os\nos.kill(os.getpid(), 4)", "syntax error"],
    ids=["wrong ABI", "illegal instruction", "half installed"],
)
async def test_65_the_library_is_of_no_use(
    place: Path, library: Library, upstream: Upstream, code: str
) -> None:
    library.cannot_be_imported(code)
    variables = {"PYTHONPATH": str(library.folder)}
    async with typing(place, upstream, models=BOTH, variables=variables) as typist:
        await the_next_one_answers(typist, upstream)
        typist.is_told_once("ended before it could be asked", "--force-reinstall")


# 66: the file


def damaged(folder: Path, how: str) -> Path:
    good = MODEL.read_bytes()
    file = folder / "model.gguf"
    contents = {
        "empty": b"",
        "text": b"not a model\n",
        "magic only": good[:4],
        "future version": good[:4] + b"\x63\0\0\0" + good[8:],
        "header cut": good[:500],
        "half": good[: len(good) // 2],
        "last kilobyte": good[:-1000],
        "huge count": good[:8] + b"\xff" * 8 + good[16:],
    }
    if how == "folder":
        file.mkdir()
    elif how == "pipe":
        os.mkfifo(file)
    elif how != "missing":
        file.write_bytes(contents[how])
    return file


@pytest.mark.parametrize(
    ("how", "cure"),
    [
        ("missing", "name another file"),
        *((how, "download it again") for how in ("empty", "text", "magic only", "half", "last kilobyte")),
        *((how, "download it again") for how in ("header cut", "huge count")),
        ("future version", "download a newer conversion"),
        *((how, "name a file that ends in .gguf") for how in ("folder", "pipe")),
    ],
)
async def test_66_a_file_that_is_no_model(place: Path, upstream: Upstream, how: str, cure: str) -> None:
    models = [f"local:{damaged(place, how)}", f"lab:{LAB_MODEL}"]
    async with typing(place, upstream, models=models) as typist:
        await the_next_one_answers(typist, upstream)
        typist.is_told_once("model.gguf", cure)


# 68: the engine breaks down


@pytest.mark.parametrize("trouble", ["abort", "segfault", "kill"])
async def test_68_an_engine_that_dies_is_started_again(
    place: Path, library: Library, upstream: Upstream, trouble: str
) -> None:
    variables = {"PYTHONPATH": str(library.folder)}
    async with typing(place, upstream, models=[LOCAL], variables=variables) as typist:
        await writes(typist)
        library.will(trouble)
        await typist.sees()
        library.will("")
        await writes(typist)
        typist.is_told_nothing()


async def test_68_an_engine_that_is_killed_from_outside(place: Path, upstream: Upstream) -> None:
    async with typing(place, upstream, models=[LOCAL]) as typist:
        for _ in range(3):
            await writes(typist)
            process_id = engine_of(typist)
            os.kill(process_id, 9)
            await gone(process_id)
        await writes(typist)
        typist.is_told_nothing()


async def test_68_an_engine_that_dies_again_and_again_is_left_alone(
    place: Path, library: Library, upstream: Upstream
) -> None:
    library.will("abort")
    variables = {"PYTHONPATH": str(library.folder)}
    async with typing(place, upstream, models=BOTH, variables=variables) as typist:
        for _ in range(4):
            await the_next_one_answers(typist, upstream)
        assert library.broke_down == 4
        typist.is_told_once("broke down four times in three minutes")


# 69: the engine hangs


async def test_69_an_engine_that_hangs_is_ended(place: Path, library: Library, upstream: Upstream) -> None:
    variables = {"PYTHONPATH": str(library.folder)}
    async with typing(place, upstream, models=[LOCAL], variables=variables, deadline_ms=1000) as typist:
        await writes(typist)
        hung = engine_of(typist)
        library.will("hang")
        await typist.sees()
        library.will("")
        await gone(hung)
        await writes(typist)
        typist.is_told_nothing()


# 70: memory and the GPU


async def test_70_a_model_that_does_not_fit(place: Path, upstream: Upstream) -> None:
    config = place / "small.toml"
    own = [f"models.complete = {json.dumps([LOCAL])}", "complete.debounce_ms = 0", "local.memory_mb = 1"]
    config.write_text("\n".join(own))
    async with typing(place, upstream, variables={"FORETYPE_CONFIG": str(config)}) as typist:
        for _ in range(3):
            await typist.sees()
        typist.is_told_once("needs about", "local.memory_mb allows 1 MB", "choose a smaller model")


async def test_70_a_gpu_that_fails_is_gone_without(place: Path, library: Library, upstream: Upstream) -> None:
    library.has_a_gpu_that_fails()
    variables = {"PYTHONPATH": str(library.folder)}
    async with typing(place, upstream, models=[LOCAL], variables=variables) as typist:
        await writes(typist)
        typist.is_told_nothing()


# 71 and 72: the context, and cancelling


async def test_71_a_file_longer_than_the_context(place: Path, upstream: Upstream) -> None:
    async with typing(place, upstream, models=[LOCAL]) as typist:
        before = f"# a long file\n{LONG * 20}def last(a):\n    "
        typist.client.open("file:///project/long.py", before + "\n" + LONG * 5)
        assert await typist.answer(typist.ask_at("file:///project/long.py", before))
        typist.is_told_nothing()


async def test_72_a_prompt_that_is_cancelled_is_gone_on_with(place: Path) -> None:
    """What was read before the cancelling is not read again, and what follows is as if nothing had been."""
    options = LoadOptions(context=2048, batch=32, threads=1)
    async with engine_in(place) as engine:
        await text_of(engine, hole("x = "), 1, options=options)
        async with aclosing(engine.write(str(MODEL), hole(LONG), options, 8)) as steps:
            waiting = asyncio.ensure_future(anext(steps))
            await asyncio.sleep(0.05)
            waiting.cancel()
            await asyncio.wait({waiting})
        text, _, usage = await text_of(engine, hole(LONG), 8, options=options)
        assert usage.evaluated < usage.prompt
        await text_of(engine, hole("y = "), 1, options=options)
        assert (await text_of(engine, hole(LONG), 8, options=options))[0] == text
