"""The same measures of llama-server, where one is on PATH, asked over its own HTTP."""

from __future__ import annotations

import contextlib
import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

PATIENCE_S = 30.0
HOST = "127.0.0.1"
JSON = {"content-type": "application/json"}


def llama_server() -> str | None:
    return shutil.which("llama-server")


def measured(
    program: str, model: Path, words: Sequence[str], code: str, runs: int, written: int
) -> dict[str, list[float]]:
    """Seconds to load, to a first token cold and reused, and tokens a second."""
    found: dict[str, list[float]] = {"load": [], "cold": [], "reused": [], "rate": []}
    began = time.perf_counter()
    with running(program, model) as port:
        found["load"].append(time.perf_counter() - began)
        before, after, middle = (token_of(port, word) for word in words)
        for run in range(runs):
            text = f"# {run}\n{code}"
            hole = [before, *tokens_of(port, text), after, *tokens_of(port, "\n"), middle]
            found["cold"].append(first_s(port, hole, 1)[0])
            found["reused"].append(first_s(port, hole, 1)[0])
            first, whole, count = first_s(port, tokens_of(port, text), written)
            found["rate"].append((count - 1) / (whole - first))
    return found


@contextmanager
def running(program: str, model: Path) -> Iterator[int]:
    """A server like our engine: one thread, one text at a time, batches of 512 in steps of 256."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = int(probe.getsockname()[1])
    like_ours = {"c": 2048, "b": 512, "ub": 256, "t": 1, "tb": 1, "np": 1}
    options = [part for name, value in like_ours.items() for part in (f"-{name}", str(value))]
    command = [program, "-m", str(model), *options, "--no-warmup", "--host", HOST, "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port)
        yield port
    finally:
        process.kill()
        process.wait()


def wait_for(port: int) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        with contextlib.suppress(OSError), answered(port, "GET", "/health") as answer:
            if answer.status == 200:
                return
        time.sleep(0.005)
    raise TimeoutError("llama-server did not come up")


@contextmanager
def answered(port: int, method: str, path: str, body: Any = None) -> Iterator[http.client.HTTPResponse]:
    connection = http.client.HTTPConnection(HOST, port, timeout=PATIENCE_S)
    try:
        connection.request(method, path, json.dumps(body) if body else None, JSON)
        yield connection.getresponse()
    finally:
        connection.close()


def tokens_of(port: int, text: str, *, special: bool = False) -> list[int]:
    body = {"content": text, "add_special": False, "parse_special": special}
    with answered(port, "POST", "/tokenize", body) as answer:
        found: list[int] = json.loads(answer.read())["tokens"]
        return found


def token_of(port: int, word: str) -> int:
    (token,) = tokens_of(port, word, special=True)
    return token


def first_s(port: int, prompt: list[int], most: int) -> tuple[float, float, int]:
    """Seconds to the first token and to the last, and how many there were."""
    began = time.perf_counter()
    first, count = 0.0, 0
    body = {
        "prompt": prompt,
        "n_predict": most,
        "temperature": 0,
        "stream": True,
        "cache_prompt": True,
        "ignore_eos": most > 1,
    }
    with answered(port, "POST", "/completion", body) as answer:
        for line in answer:
            if line.startswith(b"data: ") and not json.loads(line[6:])["stop"]:
                first = first or time.perf_counter() - began
                count += 1
    whole = time.perf_counter() - began
    return first or whole, whole, max(count, 2)
