"""A connection to the engine: to the one that runs, or to one that is started for it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
from asyncio import StreamReader, StreamWriter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from foretype.engine.lock import LOCK_SUFFIX, lock
from foretype.engine.place import HELLO, Place
from foretype.engine.protocol import HEADER, FrameError, Message, body_length, packed, unpacked

PATIENCE_S = 30.0
POLL_S = 0.02
BACKLOG = 64

# Isolated, with this process's own path: a module in a working folder must never be imported.
BOOTSTRAP = (
    "import json, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "from foretype.engine.process import main; main()"
)
KEPT_VARIABLES = (
    "APPDATA", "COMSPEC", "HOME", "LANG", "LOCALAPPDATA", "PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR",
    "USERPROFILE", "VIRTUAL_ENV", "WINDIR",
)  # fmt: skip
KEPT_PREFIXES = ("CUDA_", "DYLD_", "GGML_", "GOMP_", "HIP_", "HSA_", "KMP_", "LC_", "LD_", "NVIDIA_", "OMP_",
                 "ROCR_", "VK_")  # fmt: skip


class NotMet(Exception):
    """An engine was there, and went before it said hello."""


@dataclass(frozen=True)
class Meeting:
    """A connection to an engine that has said the right hello."""

    reader: StreamReader
    writer: StreamWriter
    hello: Message
    child: asyncio.subprocess.Process | None = None

    @property
    def process_id(self) -> int:
        """Whom to end if it hangs."""
        return int(self.hello.get("pid", 0))


async def meet(place: Place, variables: Mapping[str, str], linger_s: float) -> Meeting:
    """Connect to the user's engine, starting it where none runs."""
    if place.socket is None:
        return await child_over_pipes(place, variables)
    reader, writer = await connected(place.socket, place, variables, linger_s)
    return Meeting(reader, writer, await greeted(reader, writer))


async def met_if_running(place: Place) -> Meeting | None:
    """The engine that other editors have started; None where there is none."""
    if place.socket is None:
        return None
    try:
        reader, writer = await asyncio.open_unix_connection(str(place.socket))
        return Meeting(reader, writer, await greeted(reader, writer))
    except (OSError, NotMet):
        return None


async def greeted(reader: StreamReader, writer: StreamWriter) -> Message:
    """The engine's hello, which has to be ours."""
    try:
        hello = await asyncio.wait_for(read_message(reader), PATIENCE_S)
        if hello.get("hello") != HELLO:
            raise NotMet("it is of another version")
        writer.write(packed({"hello": HELLO}))
    except (OSError, EOFError, FrameError, asyncio.TimeoutError) as error:
        writer.close()
        raise NotMet(str(error) or type(error).__name__) from error
    except BaseException:  # also where nobody waits for it any more
        writer.close()
        raise
    return hello


async def read_message(reader: StreamReader) -> Message:
    length = body_length(await reader.readexactly(HEADER.size))
    return unpacked(await reader.readexactly(length))


async def connected(
    path: Path, place: Place, variables: Mapping[str, str], linger_s: float
) -> tuple[StreamReader, StreamWriter]:
    """Connect, or be the one who starts the engine: one process at a time may."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + PATIENCE_S
    while loop.time() < deadline:
        with contextlib.suppress(FileNotFoundError, ConnectionRefusedError, ConnectionResetError):
            return await asyncio.open_unix_connection(str(path))
        with lock(f"{path}{LOCK_SUFFIX}") as is_mine:
            if is_mine and not await is_answered(path):
                start(path, place, variables, linger_s)
                continue
        await asyncio.sleep(POLL_S)
    raise NotMet("nobody listens on the engine's socket")


async def is_answered(path: Path) -> bool:
    """Whether somebody else has started an engine meanwhile."""
    try:
        _, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    writer.close()
    return True


def start(path: Path, place: Place, variables: Mapping[str, str], linger_s: float) -> None:
    """Listen, and start the engine with the socket in its hands: it is there before the engine is."""
    with contextlib.suppress(FileNotFoundError):
        path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        listener.bind(str(path))
        path.chmod(0o600)
        listener.listen(BACKLOG)
        descriptor = listener.fileno()
        arguments = [*command(), "--listen", str(descriptor), "--linger-s", str(linger_s)]
        with log_of(place) as log:
            process = subprocess.Popen(  # noqa: S603  # this interpreter, with arguments of our own
                arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=kept(variables),
                cwd=place.folder,
                pass_fds=(descriptor,),
                start_new_session=True,
            )
    # It outlives this process or ends before it; in the second case somebody has to take note.
    threading.Thread(target=process.wait, name="engine's end", daemon=True).start()


async def child_over_pipes(place: Place, variables: Mapping[str, str]) -> Meeting:
    with log_of(place) as log:
        child = await asyncio.create_subprocess_exec(
            *command(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            env=kept(variables),
            cwd=place.folder,
        )
    assert child.stdin is not None
    assert child.stdout is not None
    return Meeting(child.stdout, child.stdin, await greeted(child.stdout, child.stdin), child)


def command() -> list[str]:
    importable = json.dumps([path for path in sys.path if path])
    return [sys.executable, "-I", "-c", BOOTSTRAP, importable, "--hello", HELLO]


def log_of(place: Place) -> contextlib.closing:  # type: ignore[type-arg]
    descriptor = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    return contextlib.closing(open(descriptor, "wb"))


def kept(variables: Mapping[str, str]) -> dict[str, str]:
    """The environment without anything that could be a secret."""
    return {
        name: value
        for name, value in variables.items()
        if name.upper() in KEPT_VARIABLES or name.upper().startswith(KEPT_PREFIXES)
    }
