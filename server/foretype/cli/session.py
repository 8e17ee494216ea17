"""A language server of our own, talked to as an editor does: what the commands that complete stand on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from foretype.errors import ForetypeError

Json = Any

CAPABILITIES = {"general": {"positionEncodings": ["utf-32"]}, "textDocument": {"inlineCompletion": {}}}
PATIENCE_S = 20.0


class ServerGone(ForetypeError):
    """The server ended in the middle of a conversation."""


class Session:
    """One conversation with one server process."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._to_server, self._from_server = process.stdin, process.stdout
        self._last_id = 0
        self.told: list[str] = []

    def notify(self, method: str, params: Json) -> None:
        self._send({"method": method, "params": params})

    def request(self, method: str, params: Json, hear: Callable[[Json], None] | None = None) -> Json:
        """The result of a request; what the server tells the user meanwhile is kept in `told`.

        `hear` gets the parameters of each $/progress on the way.
        """
        self._last_id += 1
        self._send({"id": self._last_id, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("method") == "window/showMessage":
                self.told.append(message["params"]["message"])
            elif message.get("method") == "$/progress" and hear is not None:
                hear(message["params"])
            elif message.get("id") == self._last_id and "method" not in message:
                if "error" in message:
                    raise ForetypeError(message["error"]["message"])
                return message["result"]

    def cancel(self) -> None:
        """Ask for the end of the request that runs; its answer comes all the same."""
        self.notify("$/cancelRequest", {"id": self._last_id})

    def open(self, path: Path, language: str, text: str) -> str:
        """Open a text under a file's name, and return its URI."""
        uri = path.absolute().as_uri()
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, version: int, text: str) -> None:
        """Replace the whole text of an open file."""
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": [{"text": text}]})

    def close(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def complete(self, uri: str, line: int, column: int, *, by_hand: bool = True) -> list[str]:
        """What the server suggests at a place: to who asks for it by hand, or to one who types on."""
        params = {
            "textDocument": {"uri": uri},
            "position": {"line": line, "character": column},
            "context": {"triggerKind": 1 if by_hand else 2},
        }
        answer = self.request("textDocument/inlineCompletion", params)
        return [item["insertText"] for item in answer["items"]]

    def status(self) -> Json:
        return self.request("workspace/executeCommand", {"command": "foretype.status", "arguments": []})

    def _send(self, message: Json) -> None:
        try:
            self._to_server.write(frame(message))
            self._to_server.flush()
        except OSError as error:
            raise ServerGone("the language server ended; `foretype doctor` may know why") from error

    def _receive(self) -> Json:
        length = 0
        while line := self._from_server.readline():
            if not line.strip():
                return json.loads(self._from_server.read(length))
            length = int(line.partition(b":")[2])
        raise ServerGone("the language server ended; `foretype doctor` may know why")


def frame(message: dict[str, Json]) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


@contextmanager
def session(folder: Path, options: Json = None, models: Mapping[str, str] | None = None) -> Iterator[Session]:
    """A server that has a folder open, and is surely gone afterwards; `models` has the one of a role."""
    chosen = [f"--model={role}={model}" for role, model in (models or {}).items()]
    process = subprocess.Popen(  # noqa: S603 - ourselves, without a shell
        [sys.executable, "-m", "foretype", "lsp", "--log-level", "error", *chosen],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # Ctrl-C is this process's to handle; the server ends when its input does.
        start_new_session=True,
    )
    with process:
        talk = Session(process)
        uri = folder.absolute().as_uri()
        talk.request(
            "initialize",
            {
                "processId": os.getpid(),
                "rootUri": uri,
                "workspaceFolders": [{"uri": uri, "name": folder.name}],
                "initializationOptions": options,
                "capabilities": CAPABILITIES,
            },
        )
        talk.notify("initialized", {})
        yield talk
        talk.request("shutdown", None)
        talk.notify("exit", None)
        process.wait(PATIENCE_S)
