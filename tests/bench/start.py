"""What a start costs until `initialize` is answered, and until the server serves, beside bare pygls."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import IO, NamedTuple

RUNS = 15
BARE_PYGLS = "from pygls.lsp.server import LanguageServer; LanguageServer('bare', '0').start_io()"
FORETYPE = [sys.executable, "-m", "foretype", "lsp"]
SETTINGS = {"complete": {"debounce_ms": 50}}
SERVERS: dict[str, tuple[list[str], object]] = {
    "foretype": (FORETYPE, None),
    "with settings": (FORETYPE, SETTINGS),
    "bare pygls": ([sys.executable, "-c", BARE_PYGLS], None),
}
HELLO: dict[str, object] = {"processId": None, "rootUri": None, "capabilities": {}}


class Start(NamedTuple):
    """One start: milliseconds, and megabytes at rest."""

    answered_cpu: float
    answered_wall: float
    serving_cpu: float
    serving_wall: float
    resident_mb: float


def send(pipe: IO[bytes], message: dict[str, object]) -> None:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    pipe.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
    pipe.flush()


def read(pipe: IO[bytes]) -> None:
    length = 0
    while (line := pipe.readline().strip()) != b"":
        if line.lower().startswith(b"content-length"):
            length = int(line.split(b":")[1])
    pipe.read(length)


def cpu_ms(process_id: int) -> float:
    """User and system time so far; the kernel counts nanoseconds here, not clock ticks."""
    return int(Path(f"/proc/{process_id}/schedstat").read_text(encoding="ascii").split()[0]) / 1e6


def resident_mb(process_id: int) -> float:
    status = Path(f"/proc/{process_id}/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def start(command: list[str], options: object, home: str) -> Start:
    environment = {**os.environ, "HOME": home, "FORETYPE_HOME": home}
    began = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    )
    assert process.stdin is not None
    assert process.stdout is not None
    send(
        process.stdin,
        {"id": 1, "method": "initialize", "params": {**HELLO, "initializationOptions": options}},
    )
    read(process.stdout)
    answered = cpu_ms(process.pid), (time.perf_counter() - began) * 1000
    send(process.stdin, {"method": "initialized", "params": {}})
    send(process.stdin, {"id": 2, "method": "bench/ping"})
    read(process.stdout)
    serving = cpu_ms(process.pid), (time.perf_counter() - began) * 1000
    found = Start(*answered, *serving, resident_mb(process.pid))
    process.stdin.close()
    process.stdout.close()
    process.wait()
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        starts: dict[str, list[Start]] = {name: [] for name in SERVERS}
        for _ in range(RUNS + 1):
            for name, (command, options) in SERVERS.items():
                starts[name].append(start(command, options, home))
    print(f"{'median / p95 of ' + str(RUNS):<24}" + "".join(f"{name:>20}" for name in SERVERS))
    for number, field in enumerate(Start._fields):
        row = f"{field:<24}"
        for name in SERVERS:
            values = sorted(found[number] for found in starts[name][1:])
            row += f"{statistics.median(values):>12.1f} /{values[int(len(values) * 0.95)]:>6.1f}"
        print(row)


if __name__ == "__main__":
    main()
