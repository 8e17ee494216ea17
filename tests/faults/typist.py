"""Somebody who types in a real server's editor, with a scripted model behind it, and what they get to see."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from urllib.parse import quote

import editor as editors
from contract.spoken import SPOKEN
from contract.upstream import Upstream, Visit
from editor import EVERYTHING, Editor, Json

PROBED_SERVER = (sys.executable, str(Path(__file__).parent / "probed_server.py"))
CANARY = "canary.of/the+lab"
"""A key that does not look like one, so that only who knows it can keep it out of the log."""

MODEL = "qwen2.5-coder-7b"
TEXT = SPOKEN[0]

LINE = "def add(a, b):\n    return █\n"
"""A place where one line is wanted."""

BLOCK = "def add(a, b):\n    █\n"
"""A place where many lines are."""

PATIENCE_S = 10.0


class Typist:
    """Opens a new document for every question, so that no answer is known from before."""

    def __init__(self, client: Editor, home: Path) -> None:
        self.client = client
        self._home = home
        self._numbers = itertools.count(1)
        self._tasks: Counter[str] = Counter()

    async def begin(self) -> None:
        self._tasks = await self._running()

    def post(self, marked: str = LINE, kind: int = 2) -> int:
        """Ask, and go on without the answer."""
        number = next(self._numbers)
        uri = f"file:///project/file{number}.py"
        before, _, after = f"# number {number}\n{marked}".partition("█")
        self.client.open(uri, before + after)
        return self.ask_at(uri, before, kind)

    def ask_at(self, uri: str, before: str, kind: int = 2) -> int:
        """Ask behind this text of an open document."""
        lines = before.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1])}
        params = {"textDocument": {"uri": uri}, "position": position, "context": {"triggerKind": kind}}
        id: int = self.client.post("textDocument/inlineCompletion", params)
        return id

    async def answer(self, id: int) -> list[str]:
        """The texts of an answer, which is a list even where there is nothing to say."""
        answer = await self.client.result(id)
        return [item["insertText"] for item in answer["items"]]

    async def asks(self, marked: str = LINE) -> list[str]:
        return await self.answer(self.post(marked))

    async def sees(self, *texts: str, at: str = LINE) -> None:
        assert await self.asks(at) == list(texts)

    async def sees_until(self, *texts: str) -> None:
        """Ask again and again, as one does while one types."""

        async def is_seen() -> bool:
            return await self.asks() == list(texts)

        await self.client.eventually(is_seen, f"{texts} to be suggested")

    async def hears_from(self, model: str) -> None:
        """Until the first of a model's text has come."""

        async def has_come() -> bool:
            status = await self.client.request("workspace/executeCommand", {"command": "foretype.status"})
            return bool(status["answered_by"] == model)

        await self.client.eventually(has_come, f"text from {model}")

    async def changes_settings(self, **complete: Json) -> None:
        """Change the editor's settings, and wait until the server has taken them in."""
        self.client.configuration = {"complete": complete}
        before = len(self.client.all("workspace/configuration"))
        self.client.notify("workspace/didChangeConfiguration", {"settings": None})

        async def is_asked() -> bool:
            return len(self.client.all("workspace/configuration")) > before

        await self.client.eventually(is_asked, "the question for the settings")
        await self.client.is_alive()

    @property
    def told(self) -> list[str]:
        """What popped up."""
        return [shown["message"] for shown in self.client.all("window/showMessage")]

    def is_told_once(self, *words: str) -> None:
        assert len(self.told) == 1, self.told
        assert all(word in self.told[0] for word in words), self.told

    def is_told_nothing(self) -> None:
        assert self.told == []

    async def end(self) -> None:
        """What holds after every fault: all is at rest, the server ends in order, and no key got out."""
        if self.client.process.returncode is None:
            assert await self.client.is_alive()
            await self.client.eventually(self._is_at_rest, "everything at rest")
            assert await self.client.end() == 0
        said = json.dumps(self.client.received).encode() + self.client.stderr + self._logged()
        for spelling in (CANARY, quote(CANARY, safe=""), base64.b64encode(CANARY.encode()).decode()):
            assert spelling.encode() not in said
        for trouble in (b"Traceback", b"never retrieved", b"was destroyed", b"internal error"):
            assert trouble not in self.client.stderr, self.client.stderr.decode()

    async def _is_at_rest(self) -> bool:
        return not await self._running() - self._tasks

    async def _running(self) -> Counter[str]:
        tasks = await self.client.request("test/tasks")
        # The connection to the local engine stays, once there is one.
        return Counter(task for task in tasks if "Engine._read" not in task)

    def _logged(self) -> bytes:
        files = (self._home / "foretype").rglob("*")
        return b"".join(file.read_bytes() for file in files if file.is_file() and file.suffix != ".toml")


def write_config(home: Path, url: str, **changes: Json) -> None:
    """A user's own settings: a model at an endpoint with a key, and everything logged but code."""
    complete: Json = {"debounce_ms": 0, "instant": False, **changes}
    models = complete.pop("models", [f"lab:{MODEL}"])
    lines = [
        f"models.complete = {json.dumps(models)}",
        "[endpoints.lab]",
        f'url = "{url}"',
        'key_env = "LAB_KEY"',
        "[log]",
        'level = "debug"',
        "[complete]",
        *(f"{name} = {json.dumps(value)}" for name, value in complete.items()),
    ]
    path = home / "foretype" / "config" / "config.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), encoding="utf-8")


@asynccontextmanager
async def typing(
    home: Path,
    upstream: Upstream | str,
    able: Json = EVERYTHING,
    variables: dict[str, str] | None = None,
    **changes: Json,
) -> AsyncIterator[Typist]:
    """Somebody at work, with their key in the environment and the rest in config.toml."""
    url = upstream if isinstance(upstream, str) else upstream.origin
    if not isinstance(upstream, str):
        upstream.answers_looks(out_of_order)
    write_config(home, url, **changes)
    more: Json = {"LAB_KEY": CANARY, **(variables or {})}
    async with editors.editor(home, PROBED_SERVER, initialized=False, **more) as client:
        await client.initialize(capabilities=able)
        typist = Typist(client, home)
        await typist.begin()
        yield typist
        await typist.end()


async def out_of_order(visit: Visit) -> None:
    """To a look in the background: what failed is found to work again by the next request only."""
    await visit.answer("503 Out of Order", b"")


async def is_gone(visit: Visit) -> None:
    """Until the server has closed its connection."""
    await asyncio.wait_for(visit.gone.wait(), PATIENCE_S)


async def heard(upstream: Upstream, count: int) -> Visit:
    """The visit of this number, once it has come."""
    await asyncio.wait_for(upstream.heard_requests(count), PATIENCE_S)
    return upstream.visits[count - 1]


@contextmanager
def no_request(upstream: Upstream) -> Iterator[None]:
    """Nothing is asked of the model inside."""
    before = len(upstream.heard)
    yield
    assert len(upstream.heard) == before
