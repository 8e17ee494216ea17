"""The engine's process: takes clients in, and ends itself once nobody needs it."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import socket
import struct
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from foretype.engine.protocol import Message

if TYPE_CHECKING:
    from foretype.engine.memory import Residents

logger = logging.getLogger(__name__)

TICK_S = 1.0
SENDING_PATIENCE_S = 10
CLOSING_PATIENCE_S = 5.0


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    parser = argparse.ArgumentParser(prog="foretype.engine")
    parser.add_argument("--hello", required=True, help="what client and engine must both say")
    parser.add_argument("--listen", type=int, help="descriptor of a listening socket; else stdin and stdout")
    parser.add_argument("--linger-s", type=float, default=60.0, help="stay so long without any client")
    options = parser.parse_args(arguments)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(message)s")
    pipes = None if options.listen is not None else claim_pipes()
    if hasattr(os, "dup2"):
        os.dup2(2, 1)  # whatever a library prints goes to the log
    os.environ["GGML_NO_BACKTRACE"] = "1"  # a debugger's output is no use to anybody here
    residents, about = prepared()
    hello = {"hello": options.hello, "pid": os.getpid(), **about}
    if pipes is not None:
        serve_pipes(pipes, residents, hello)
    else:
        Host(socket.socket(fileno=options.listen), residents, hello, options.linger_s).run()
    residents.close(CLOSING_PATIENCE_S)
    # A thread that is still inside llama.cpp would crash an orderly exit.
    sys.stderr.flush()
    os._exit(0)


def prepared() -> tuple[Residents, Message]:
    from foretype.engine import llama
    from foretype.engine.memory import Residents

    log = llama.begin()
    return Residents(log), {"llama": llama.version(), "gpu": llama.has_gpu()}


def claim_pipes() -> tuple[IO[bytes], IO[bytes]]:
    """stdin and stdout for the protocol alone; whoever prints later prints to the log."""
    return open(os.dup(0), "rb"), open(os.dup(1), "wb")


def serve_pipes(pipes: tuple[IO[bytes], IO[bytes]], residents: Residents, hello: Message) -> None:
    """Serve the one client that started this process, and end with it."""
    from foretype.engine.connection import Connection

    ticking = threading.Thread(target=tick_for_ever, args=(residents,), daemon=True)
    ticking.start()
    Connection(*pipes, residents).serve(hello)


def tick_for_ever(residents: Residents) -> NoReturn:
    while True:
        time.sleep(TICK_S)
        residents.unload_idle()


class Host:
    """Accepts clients of the same user on a socket, until none has come for a while."""

    def __init__(
        self, listener: socket.socket, residents: Residents, hello: Message, linger_s: float
    ) -> None:
        self._listener = listener
        self._residents = residents
        self._hello = hello
        self._linger_s = linger_s
        self._clients = 0
        self._lock = threading.Lock()
        self._left_at = time.monotonic()
        self._inode = inode_of(listener.getsockname())

    def run(self) -> None:
        self._listener.settimeout(min(TICK_S, self._linger_s))
        while not self._is_over():
            with contextlib.suppress(TimeoutError, socket.timeout):
                client, _ = self._listener.accept()
                self._take_in(client)
            self._residents.unload_idle()
        self._unlink()
        self._listener.close()

    def _is_over(self) -> bool:
        with self._lock:
            return not self._clients and time.monotonic() - self._left_at > self._linger_s

    def _take_in(self, client: socket.socket) -> None:
        if not is_same_user(client):
            logger.warning("another user's process was turned away")
            client.close()
            return
        client.setblocking(True)
        patience = struct.pack("ll", SENDING_PATIENCE_S, 0)
        client.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, patience)
        with self._lock:
            self._clients += 1
        threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        from foretype.engine.connection import Connection

        try:
            with client, client.makefile("rb") as source, client.makefile("wb") as sink:
                Connection(source, sink, self._residents).serve(self._hello)
        except OSError as error:
            logger.info("a client went away: %s", error)
        finally:
            with self._lock:
                self._clients -= 1
                self._left_at = time.monotonic()

    def _unlink(self) -> None:
        """Take the name away with the socket, unless somebody is just connecting or has replaced it."""
        from foretype.engine.lock import LOCK_SUFFIX, lock

        name = self._listener.getsockname()
        with contextlib.suppress(OSError), lock(name + LOCK_SUFFIX) as is_mine:
            if is_mine and self._inode == inode_of(name):
                Path(name).unlink()


def is_same_user(client: socket.socket) -> bool:
    """Whether the peer belongs to the user of this process; in doubt it does not."""
    try:
        if hasattr(socket, "SO_PEERCRED"):
            raw = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            _, user, _ = struct.unpack("3i", raw)
            return bool(user == os.getuid())
        # Elsewhere the folder, which only its owner can enter, has to do.
        return hasattr(os, "getuid")
    except OSError:
        return False


def inode_of(name: str) -> int | None:
    with contextlib.suppress(OSError):
        return Path(name).stat().st_ino
    return None
