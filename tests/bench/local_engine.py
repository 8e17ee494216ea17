"""The local engine beside llama-cpp-python called directly: what it costs, and what it saves."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from bench.served import llama_server, measured
from foretype.engine.answers import Usage
from foretype.engine.client import Engine
from foretype.engine.protocol import End, Lane

from editor import Editor, editor
from engine.running import MODEL, OPTIONS, WORDS, engine_in, hole, text_of

Figures = dict[str, list[float]]

RUNS = 15
WRITTEN = 32
KEYS = 100
CODE = "".join(f"def function_{n}(a, b):\n    return a + {n} * b\n\n" for n in range(64))
TYPED = (
    "def total(values):\n    result = 0\n    for value in values:\n        result = result + value\n"
    "    return result\n"
)[:100]
BELOW = "\n\n" + "".join(f"class Shape{n}:\n    sides = {n}\n\n" for n in range(9))
BARE = """
import json, sys, time
import llama_cpp
tokens_to_write, runs = int(sys.argv[2]), int(sys.argv[3])
code = sys.argv[4]
began = time.perf_counter()
like_ours = {"n_ctx": 2048, "n_batch": 512, "n_ubatch": 256, "n_threads": 1, "n_threads_batch": 1}
# llama.cpp's own default is flash attention where it can be had; the binding's is to go without.
model = llama_cpp.Llama(sys.argv[1], **like_ours, flash_attn=True, verbose=True)
load = time.perf_counter() - began
def plain(text):
    return model.tokenize(text.encode(), add_bos=False, special=False)
def prompt(text):
    own = lambda word: model.tokenize(word.encode(), add_bos=False, special=True)
    return own("<|fim_prefix|>") + plain(text) + own("<|fim_suffix|>") + plain("\\n") + own("<|fim_middle|>")
def write(read, text, count):
    began = time.perf_counter()
    tokens = read(text)
    first = None
    written = model.generate(tokens, temp=0.0, top_k=1)
    for number, _ in enumerate(written):
        first = first or time.perf_counter() - began
        if number + 1 == count:
            break
    return first, time.perf_counter() - began
found = {"load": [load], "cold": [], "reused": [], "rate": []}
write(prompt, "x", 4)
for run in range(runs):
    found["cold"].append(write(prompt, f"# {run}\\n" + code, 1)[0])
    found["reused"].append(write(prompt, f"# {run}\\n" + code, 1)[0])
    first, whole = write(plain, f"# {run}\\n" + code, tokens_to_write)
    found["rate"].append((tokens_to_write - 1) / (whole - first))
print(json.dumps(found))
"""


def bare() -> Figures:
    arguments = [str(MODEL), str(WRITTEN), str(RUNS), CODE]
    done = subprocess.run([sys.executable, "-c", BARE, *arguments], capture_output=True, check=True)
    found: Figures = json.loads(done.stdout.splitlines()[-1])
    return found


async def first_token_s(engine: Engine, text: str) -> float:
    began = time.perf_counter()
    async with aclosing(engine.write(str(MODEL), hole(text), OPTIONS, 1)) as steps:
        async for _ in steps:
            break
    return time.perf_counter() - began


async def rate(engine: Engine, text: str) -> float:
    """Tokens a second after the first one, as the client sees them."""
    first = began = 0.0
    async with aclosing(engine.write(str(MODEL), [("text", text)], OPTIONS, WRITTEN)) as steps:
        async for step in steps:
            first = first or time.perf_counter()
            if step.usage is not None:
                return (step.usage.written - 1) / (time.perf_counter() - first)
    return began


async def through_engine(home: Path) -> Figures:
    found: Figures = {"load": [], "cold": [], "reused": [], "rate": []}
    async with engine_in(home) as engine:
        began = time.perf_counter()
        await engine.facts(str(MODEL), OPTIONS)
        print(f"process and model at first need: {(time.perf_counter() - began) * 1000:.0f} ms")
        await engine.unload(str(MODEL))
        began = time.perf_counter()
        await engine.facts(str(MODEL), OPTIONS)
        found["load"].append(time.perf_counter() - began)
        await first_token_s(engine, "x")
        for run in range(RUNS):
            found["cold"].append(await first_token_s(engine, f"# {run}\n{CODE}"))
            found["reused"].append(await first_token_s(engine, f"# {run}\n{CODE}"))
            found["rate"].append(await rate(engine, f"# {run}\n{CODE}"))
    return found


def compare(direct: Figures, engine: Figures, served: Figures | None) -> None:
    theirs = f"{'llama-server':>14}" if served else ""
    print(f"\n{'median of ' + str(RUNS):<28}{'llama.cpp':>12}{'engine':>12}{'added':>12}{theirs}")
    for name, title in (
        ("load", "load, ms"),
        ("cold", "first token, cold, ms"),
        ("reused", "first token, reused, ms"),
    ):
        one, other = (statistics.median(found[name]) * 1000 for found in (direct, engine))
        theirs = f"{statistics.median(served[name]) * 1000:>14.1f}" if served else ""
        print(f"{title:<28}{one:>12.1f}{other:>12.1f}{other - one:>+12.1f}{theirs}")
    one, other = (statistics.median(found["rate"]) for found in (direct, engine))
    theirs = f"{statistics.median(served['rate']):>14.0f}" if served else ""
    print(f"{'tokens a second':<28}{one:>12.0f}{other:>12.0f}{other / one - 1:>+12.0%}{theirs}")


def by_server() -> Figures | None:
    program = llama_server()
    return measured(program, MODEL, WORDS, CODE, RUNS, WRITTEN) if program else None


async def typing(home: Path) -> None:
    """A hundred keys after a long prompt, one completion for each: what follows is read again, or moved."""
    async with engine_in(home) as engine:
        print(f"\n{'100 keys, per completion':<28}{'evaluated':>12}{'of prompt':>12}{'median, ms':>12}")
        for title, may_move in (("read again at every key", False), ("moved, as measured", True)):
            await type_on(engine, title, may_move)


async def type_on(engine: Engine, title: str, may_move: bool) -> None:
    await text_of(engine, hole(CODE, BELOW), 8)
    counted = (await engine.loaded())[0]["counted"]
    prompts = written = 0
    times = []
    for length in range(1, len(TYPED) + 1):
        began = time.perf_counter()
        _, end, usage = await text_of(engine, hole(CODE + TYPED[:length], BELOW), 8, may_move=may_move)
        times.append((time.perf_counter() - began) * 1000)
        prompts, written = prompts + usage.prompt, written + usage.written - (end == End.LENGTH)
    # What was written was counted too, but for the last token of a text that was cut off.
    read = (await engine.loaded())[0]["counted"] - counted - written
    print(f"{title:<28}{read / len(times):>12.1f}{read / prompts:>12.1%}{statistics.median(times):>12.1f}")


async def cancelling(home: Path) -> None:
    async with engine_in(home) as engine:
        await text_of(engine, hole("x"), 1)
        alone, in_prompt, in_text = [], [], []
        for run in range(RUNS):
            alone.append(await taken_ms(engine))
            waiting = asyncio.ensure_future(text_of(engine, hole(f"# {run}\n{CODE}"), 8))
            in_prompt.append(await freed_ms(engine, waiting))
            waiting = asyncio.ensure_future(text_of(engine, [("text", f"# {run}\n")], 1500, lane=Lane.CHAT))
            in_text.append(await freed_ms(engine, waiting))
    free = statistics.median(alone)
    print(f"\na completion of one token, engine free: {free:.1f} ms")
    for title, times in (("cancelled while reading", in_prompt), ("cancelled while writing", in_text)):
        print(f"{title}: {statistics.median(times) - free:+.1f} ms, worst {max(times) - free:+.1f} ms")


async def taken_ms(engine: Engine) -> float:
    began = time.perf_counter()
    await text_of(engine, hole("y"), 1)
    return (time.perf_counter() - began) * 1000


async def freed_ms(engine: Engine, waiting: asyncio.Future[tuple[str, str, Usage]]) -> float:
    await asyncio.sleep(0.04)
    waiting.cancel()
    await asyncio.wait({waiting})
    return await taken_ms(engine)


def resident_mb(process_id: int | None) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


async def servers(home: Path) -> None:
    """What a server adds to the engine, and what a second one costs."""
    config = home / "config" / "config.toml"
    config.parent.mkdir(exist_ok=True)
    lines = [
        f'models.complete = ["local:{MODEL}"]',
        "complete.instant = false",
        "complete.debounce_ms = 0",
        "local.context = 2048",
        "local.threads = 1",
    ]
    config.write_text("\n".join(lines), encoding="utf-8")
    async with engine_in(home) as engine, server_in(home) as one, server_in(home) as other:
        await engine.facts(str(MODEL), OPTIONS)
        first = Typist(one)
        await asyncio.gather(first.key(), Typist(other).key())
        times, added, known = [], [], []
        processes = [one.process.pid, engine.process_id]
        before = [cpu_ms(process) for process in processes]
        for _ in range(KEYS):
            times.append(await first.key())
            added.append(times[-1] - (await engine.loaded())[0]["last_ms"])
            known.append(await first.again())
        spent = [(cpu_ms(process) - was) / KEYS for process, was in zip(processes, before, strict=True)]
        print(f"\nthrough the server, a key in {len(CODE)} characters: {statistics.median(times):.1f} ms")
        print(f"of which outside the engine's work: {statistics.median(added):.1f} ms")
        print(f"and without a model, for what is remembered: {statistics.median(known):.1f} ms")
        print(f"processor time of both: server {spent[0]:.1f} ms, engine {spent[1]:.1f} ms")
        sizes = [resident_mb(process) for process in (one.process.pid, other.process.pid, engine.process_id)]
        print(
            "two servers and the engine: "
            + " + ".join(f"{size:.0f}" for size in sizes)
            + f" = {sum(sizes):.0f} MB"
        )


def cpu_ms(process_id: int | None) -> float:
    fields = Path(f"/proc/{process_id}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) * 1000 / os.sysconf("SC_CLK_TCK")


def server_in(home: Path) -> AbstractAsyncContextManager[Editor]:
    return editor(home, FORETYPE_HOME=str(home))


class Typist:
    """Types on at the end of one document, and waits for a suggestion after each key."""

    def __init__(self, client: Editor) -> None:
        self._client = client
        self._uri = "file:///bench/typed.py"
        self._version = 1
        self._lines = [*CODE.split("\n"), "def total(a):", "    return "]
        client.open(self._uri, "\n".join(self._lines))

    async def key(self) -> float:
        """The milliseconds from the key to what is suggested."""
        line, column = len(self._lines) - 1, len(self._lines[-1])
        key = "abcdefgh"[self._version % 8]
        self._lines[-1] += key
        self._version += 1
        place = {"line": line, "character": column}
        began = time.perf_counter()
        change = {"range": {"start": place, "end": place}, "text": key}
        document = {"uri": self._uri, "version": self._version}
        self._client.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
        return await self._asked(began)

    async def again(self) -> float:
        """The same question once more, which is answered from memory."""
        return await self._asked(time.perf_counter())

    async def _asked(self, began: float) -> float:
        params = {
            "textDocument": {"uri": self._uri},
            "position": {"line": len(self._lines) - 1, "character": len(self._lines[-1])},
            "context": {"triggerKind": 2},
        }
        await self._client.request("textDocument/inlineCompletion", params)
        return (time.perf_counter() - began) * 1000


async def three_models(home: Path) -> None:
    files = [Path(shutil.copy(MODEL, home / f"{name}.gguf")) for name in "abc"]
    async with engine_in(home) as engine:
        for file in files:
            await text_of(engine, hole(CODE), 1, model=file, options=replace(OPTIONS, max_models=2))
            loaded = [Path(each["model"]).name for each in await engine.loaded()]
            size = resident_mb(engine.process_id)
            print(f"{file.name} asked: {', '.join(loaded)} loaded, {size:.0f} MB resident")


async def in_a_home(work: Callable[[Path], Awaitable[None]]) -> None:
    with tempfile.TemporaryDirectory(prefix="ft") as home:
        await work(Path(home))


async def measure() -> None:
    with tempfile.TemporaryDirectory(prefix="ft") as home:
        compare(bare(), await through_engine(Path(home)), by_server())
    for work in (typing, cancelling, servers, three_models):
        await in_a_home(work)


def main() -> None:
    asyncio.run(measure())


if __name__ == "__main__":
    main()
