"""An editor for tests: a real server process, spoken to over its real stdin and stdout."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

Json = Any

PATIENCE_S = 20.0
SERVER = (sys.executable, "-m", "foretype", "lsp")
ACTIONS: Json = {
    "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
    "disabledSupport": True,
}
EVERYTHING: Json = {
    "general": {"positionEncodings": ["utf-16", "utf-8", "utf-32"]},
    "window": {"workDoneProgress": True, "showDocument": {"support": True}, "showMessage": {}},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "workspaceEdit": {"documentChanges": True},
        "workspaceFolders": True,
    },
    "textDocument": {"synchronization": {}, "inlineCompletion": {}, "completion": {}, "codeAction": ACTIONS},
}


class ErrorAnswer(Exception):
    """A request was answered with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: int = error["code"]
        self.message: str = error["message"]
        self.error = error


def frame(message: Json) -> bytes:
    body = message if isinstance(message, bytes) else json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def environment(home: Path, **more: str) -> dict[str, str]:
    """A process environment in which nothing of the tester's own settings is seen."""
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    return {
        **kept,
        "HOME": str(home),
        "FORETYPE_HOME": str(home / "foretype"),
        "PYTHONWARNINGS": "error",
        **more,
    }


class Editor:
    """One client and its server. Every wait is bounded, and every message is kept for the test to look at."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.received: list[Json] = []
        self.configuration: Json = {}
        self.answers: dict[str, Callable[[Json], Json]] = {
            "workspace/configuration": lambda params: [self.configuration for _ in params["items"]],
            "window/workDoneProgress/create": lambda _: None,
            "client/registerCapability": lambda _: None,
            "workspace/applyEdit": lambda _: {"applied": True},
            "window/showDocument": lambda _: {"success": True},
        }
        self._sent_ids: list[Json] = []
        self._ids = itertools.count(1)
        self._arrived = asyncio.Condition()
        self.stderr = b""
        self._tasks = [asyncio.create_task(self._read()), asyncio.create_task(self._read_stderr())]

    # What the client sends

    def send_bytes(self, data: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(data)

    def send(self, message: Json) -> None:
        self.send_bytes(frame(message))

    def notify(self, method: str, params: Json = None) -> None:
        self.send({"jsonrpc": "2.0", "method": method, "params": params})

    def post(self, method: str, params: Json = None, id: Json = None) -> Json:
        """Send a request without waiting for its answer, and return its id."""
        id = next(self._ids) if id is None else id
        self._sent_ids.append(id)
        self.send({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return id

    async def request(self, method: str, params: Json = None) -> Json:
        return await self.result(self.post(method, params))

    async def initialize(self, **more: Json) -> Json:
        params = {"processId": os.getpid(), "rootUri": None, "capabilities": EVERYTHING, **more}
        result = await self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def open(self, uri: str, text: str, language: str = "python", version: int = 1) -> None:
        item = {"uri": uri, "languageId": language, "version": version, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, uri: str, version: int, *changes: Json) -> None:
        document = {"uri": uri, "version": version}
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": list(changes)})

    # What the client sees

    async def until(self, condition: Callable[[Json], Json], what: str = "a message") -> Json:
        """The first message, past or future, for which the condition holds."""
        async with self._arrived:
            try:
                return await asyncio.wait_for(self._first(condition), PATIENCE_S)
            except asyncio.TimeoutError:
                raise AssertionError(f"never came: {what}\n{self.received}\n{self.stderr.decode()}") from None

    async def _first(self, condition: Callable[[Json], Json]) -> Json:
        while True:
            for message in self.received:
                if condition(message):
                    return message
            await self._arrived.wait()

    async def response(self, id: Json) -> Json:
        return await self.until(
            lambda m: "method" not in m and same_id(m.get("id"), id), f"the answer to {id!r}"
        )

    async def result(self, id: Json) -> Json:
        response = await self.response(id)
        if "error" in response:
            raise ErrorAnswer(response["error"])
        return response["result"]

    async def error(self, id: Json) -> ErrorAnswer:
        response = await self.response(id)
        assert "error" in response, response
        return ErrorAnswer(response["error"])

    async def notified(self, method: str) -> Json:
        return (await self.until(lambda m: m.get("method") == method, method))["params"]

    def all(self, method: str) -> list[Json]:
        return [message["params"] for message in self.received if message.get("method") == method]

    async def eventually(self, condition: Callable[[], Awaitable[bool]], what: str) -> None:
        """Ask again until it holds: for a state that the server has no reason to announce."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_S
        while not await condition():
            assert asyncio.get_running_loop().time() < deadline, f"never: {what}"
            await asyncio.sleep(0.02)

    async def is_alive(self) -> bool:
        """Whether a request that the server does not know is answered as such."""
        return (await self.error(self.post("test/ping"))).code == -32601

    # Its end

    async def end(self) -> int:
        """Shut the server down as LSP says, and check what holds for every session."""
        await self.request("shutdown")
        self.notify("exit")
        return await self.ended()

    async def ended(self) -> int:
        code = await asyncio.wait_for(self.process.wait(), PATIENCE_S)
        await asyncio.wait_for(asyncio.gather(*self._tasks), PATIENCE_S)
        self.check_answers()
        return code

    def check_answers(self) -> None:
        """No id was answered twice, and no traceback reached the client."""
        answers = Counter(repr(m["id"]) for m in self.received if "method" not in m and m["id"] is not None)
        asked = Counter(map(repr, self._sent_ids))
        assert not answers - asked, f"answered more often than asked: {answers - asked}"
        assert "Traceback" not in json.dumps(self.received)

    async def kill(self) -> None:
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()
        await asyncio.gather(*self._tasks)
        if self.process.stdin is not None:
            self.process.stdin.close()

    async def _read(self) -> None:
        stdout = self.process.stdout
        assert stdout is not None
        while header := await read_header(stdout):
            message = json.loads(await stdout.readexactly(int(header["content-length"])))
            async with self._arrived:
                self.received.append(message)
                self._arrived.notify_all()
            if "id" in message and "method" in message:
                self._answer(message)

    def _answer(self, message: Json) -> None:
        answer = self.answers.get(message["method"])
        if answer is None:
            problem = {"code": -32601, "message": "not supported"}
            self.send({"jsonrpc": "2.0", "id": message["id"], "error": problem})
        elif (result := answer(message["params"])) is not NotImplemented:
            self.send({"jsonrpc": "2.0", "id": message["id"], "result": result})

    async def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        while chunk := await self.process.stderr.read(65536):
            self.stderr += chunk


async def read_header(stdout: asyncio.StreamReader) -> dict[str, str]:
    """The next header block; anything else on stdout fails the test."""
    header: dict[str, str] = {}
    while (line := await stdout.readline()) not in (b"", b"\r\n"):
        name, colon, value = line.decode("ascii").partition(":")
        assert colon, f"not a frame: {line!r}"
        header[name.strip().lower()] = value.strip()
    return header


def same_id(one: Json, other: Json) -> bool:
    return type(one) is type(other) and bool(one == other)


@asynccontextmanager
async def editor(
    home: Path,
    command: Sequence[str] = SERVER,
    *,
    initialized: bool = True,
    cwd: Path | None = None,
    **variables: str,
) -> AsyncIterator[Editor]:
    """A server process that is surely gone afterwards."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(home, **variables),
        cwd=cwd or home,
    )
    client = Editor(process)
    try:
        if initialized:
            await client.initialize()
        yield client
    finally:
        await client.kill()
