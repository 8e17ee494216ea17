"""Stands between an editor and its language server, and writes down what each of them says.

    tap.py FOLDER COMMAND...

FOLDER/wire.jsonl gets one line for each message. A line of JSON that is put into the named pipe FOLDER/asides
goes to the server as if the editor had said it; the answer is written down, and kept from the editor. After
"hold" the editor is told nothing, until "release" has it told everything in one breath. What only a server
asks goes to the editor instead: when it answers, it has read what the server had said before.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any, NoReturn

ASIDE = "aside-"
HOLD, RELEASE = "hold", "release"
PROGRESS, EDIT = FOR_EDITOR = ("window/workDoneProgress/create", "workspace/applyEdit")
LAST_WORDS_S = 5


class Tap:
    """The two streams of messages, and the file that both are written down in."""

    def __init__(self, log: IO[str], asides: IO[str], command: list[str]) -> None:
        self._log = log
        self._asides = asides
        self._writing = threading.Lock()
        self._telling = threading.Lock()
        self._is_held = False
        self._untold = b""
        self.server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._note("tap", {"pid": self.server.pid})

    def run(self) -> NoReturn:
        """Carry messages until the server is gone, then go as it went."""
        for carry in (self._from_editor, self._from_asides):
            threading.Thread(target=carry, daemon=True).start()
        self._from_server()
        code = self.server.wait(LAST_WORDS_S)
        self._note("tap", {"code": code})
        if code < 0:
            os.kill(os.getpid(), -code)
        os._exit(code)

    def _from_editor(self) -> None:
        while (message := read(sys.stdin.buffer)) is not None:
            self._note("editor", message)
            if not is_aside(message):
                self._to_server(message)
        assert self.server.stdin is not None
        self.server.stdin.close()

    def _from_asides(self) -> None:
        for line in self._asides:
            aside = json.loads(line)
            if aside in (HOLD, RELEASE):
                with self._telling:
                    self._is_held = aside == HOLD
                self._note("tap", {"aside": aside})
                self._to_editor(b"")
            elif aside["method"] in FOR_EDITOR:
                self._to_editor(framed(aside))
            else:
                self._to_server(aside)

    def _from_server(self) -> None:
        assert self.server.stdout is not None
        while (message := read(self.server.stdout)) is not None:
            self._note("server", message)
            if not is_aside(message):
                self._to_editor(framed(message))

    def _to_editor(self, data: bytes) -> None:
        with self._telling:
            self._untold += data
            if not self._is_held:
                write(sys.stdout.buffer, self._untold)
                self._untold = b""

    def _to_server(self, message: Any) -> None:
        assert self.server.stdin is not None
        with self._writing:
            write(self.server.stdin, framed(message))

    def _note(self, speaker: str, message: Any) -> None:
        self._log.write(json.dumps({"by": speaker, "message": message}) + "\n")


def is_aside(message: Any) -> bool:
    return str(message.get("id")).startswith(ASIDE)


def run(folder: Path, command: list[str]) -> NoReturn:
    # Opened for writing too, or the pipe would come to its end with the first who puts something in.
    asides = os.open(folder / "asides", os.O_RDWR)
    with (
        open(folder / "wire.jsonl", "a", buffering=1, encoding="utf-8") as log,
        open(asides, encoding="utf-8") as lines,
    ):
        Tap(log, lines, command).run()


def read(stream: IO[bytes]) -> Any:
    """The next message; None at the end."""
    length = 0
    while (line := stream.readline()) not in (b"", b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    return json.loads(stream.read(length)) if line and length else None


def framed(message: Any) -> bytes:
    body = json.dumps(message, ensure_ascii=False).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def write(stream: IO[bytes], data: bytes) -> None:
    try:
        stream.write(data)
        stream.flush()
    except (BrokenPipeError, ValueError):
        pass  # the other side has gone, which its own stream tells


if __name__ == "__main__":
    run(Path(sys.argv[1]), sys.argv[2:])
