"""The process between Foretype and a llama-server: it ends the server when Foretype is gone, by whatever end.

It is run as a file, isolated, and knows the standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

GRACE_S = 2.0
PR_SET_PDEATHSIG = 1


def main() -> int:
    """Arguments: a file for what `foretype models ps` reads, what stands in it, and the server's command."""
    record, about, *command = sys.argv[1:]
    server = subprocess.Popen(  # noqa: S603  # what Foretype found on the user's PATH
        command,
        stdin=subprocess.DEVNULL,
        preexec_fn=dies_with_us(),  # noqa: PLW1509  # there is no other thread yet
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: end(server))
    threading.Thread(target=end_with_stdin, args=(server,), daemon=True).start()
    with recorded(Path(record), {**json.loads(about), "pid": server.pid}):
        return min(abs(server.wait()), 255)


def dies_with_us() -> Callable[[], None] | None:
    """What the child does first, on Linux: ask to be ended with this process, should that be killed."""
    if not sys.platform.startswith("linux"):
        return None
    import ctypes

    prctl = ctypes.CDLL(None).prctl
    return lambda: prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def end_with_stdin(server: subprocess.Popen[bytes]) -> None:
    """Nothing is ever written there: what comes is its end, when whoever holds the other side has ended."""
    with contextlib.suppress(OSError):
        while os.read(0, 1024):
            pass
    end(server)


def end(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    later = threading.Timer(GRACE_S, server.kill)
    later.daemon = True
    later.start()


@contextlib.contextmanager
def recorded(path: Path, about: dict[str, object]) -> Iterator[None]:
    """A private file that says what runs, and is gone when it no longer does."""
    with contextlib.suppress(OSError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(descriptor, "w", encoding="utf-8") as file:
            json.dump(about, file)
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            path.unlink()


if __name__ == "__main__":
    sys.exit(main())
