"""What an editor and its server say to each other, as the tap wrote it down."""

from __future__ import annotations

import itertools
import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from editors.patience import until
from editors.tap import ASIDE, EDIT, HOLD, PROGRESS, RELEASE

Json = Any


@dataclass(frozen=True)
class Said:
    """One message and who said it: `editor`, `server`, or the `tap` itself."""

    by: str
    message: Json


class Wire:
    """Reads along, and can ask the server something aside, which the editor does not notice."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        os.mkfifo(folder / "asides")
        self._log = folder / "wire.jsonl"
        self._log.touch()
        self._numbers = itertools.count(1)

    def said(self) -> list[Said]:
        """Every message so far; a line that is still being written counts as not said."""
        lines = self._log.read_bytes().split(b"\n")[:-1]
        return [Said(**json.loads(line)) for line in lines]

    def messages(self, by: str, method: str) -> list[Json]:
        return [
            said.message for said in self.said() if said.by == by and said.message.get("method") == method
        ]

    def answers(self, method: str) -> list[Json]:
        """What the server answered to this method, in the order of the questions; None for no answer yet.

        An answer is to the last question of its number: with a new server, an editor may count anew.
        """
        answers: list[Json] = []
        places: dict[Json, int | None] = {}
        for said in self.said():
            if is_answer(said):
                place = places.pop(said.message["id"], None)
                if place is not None:
                    answers[place] = said.message
            elif said.by == "editor" and "method" in said.message and "id" in said.message:
                is_asked_for = said.message["method"] == method
                places[said.message["id"]] = len(answers) if is_asked_for else None
                answers += [None] if is_asked_for else []
        return answers

    @property
    def server_pids(self) -> list[int]:
        """The servers that were started, in this order."""
        return [int(said.message["pid"]) for said in self.said() if "pid" in said.message]

    @property
    def server_pid(self) -> int:
        """The server that was started last."""
        return self.server_pids[-1]

    async def until(self, condition: Callable[[Said], Json], what: str) -> Json:
        """The first message, past or future, for which the condition holds."""

        async def look() -> Json:
            return next((said.message for said in self.said() if condition(said)), None)

        return await until(look, lambda: f"{what}\n{self.transcript()}")

    async def sent(self, method: str, times: int = 1) -> Json:
        """The parameters of the editor's message of this method, once it has sent that many."""

        async def look() -> list[Json]:
            return self.messages("editor", method)[times - 1 :]

        found = await until(look, lambda: f"{method} from the editor ({times}.)\n{self.transcript()}")
        return found[0].get("params")

    async def answered(self, method: str, times: int = 1) -> Json:
        """The server's answer to the editor's question of this number, once it has come."""

        async def look() -> Json:
            answers = self.answers(method)
            return answers[times - 1] if len(answers) >= times else None

        return await until(look, lambda: f"the {times}. answer to {method}\n{self.transcript()}")

    async def read_by_editor(self) -> None:
        """Until the editor has read all that was said to it so far: it has answered what came behind."""
        await self._ask_editor(PROGRESS, {"token": "aside"})

    async def takes_edits(self) -> bool:
        """Whether the editor makes changes now: it is asked for one that changes nothing."""
        answer = await self._ask_editor(EDIT, {"edit": {"changes": {}}})
        is_applied: bool = answer["result"]["applied"]
        return is_applied

    async def _ask_editor(self, method: str, params: Json) -> Json:
        id = self._question(method, params)
        return await self.until(
            lambda said: said.by == "editor" and said.message.get("id") == id, "an answer of the editor"
        )

    async def ask(self, method: str, params: Json) -> Json:
        """The server's own answer to a question that the editor did not put."""
        id = self._question(method, params)
        answer = await self.until(
            lambda said: is_answer(said) and said.message["id"] == id, f"answer to {method}"
        )
        assert "result" in answer, answer
        return answer["result"]

    @asynccontextmanager
    async def in_one_breath(self) -> AsyncIterator[None]:
        """What the server says meanwhile reaches the editor at the end, all of it at once."""
        self._aside(HOLD)
        await self.until(lambda said: said.message.get("aside") == HOLD, "the tap holding its breath")
        try:
            yield
        finally:
            self._aside(RELEASE)

    def _question(self, method: str, params: Json) -> str:
        """The id of a question that the tap puts to the server, or to the editor."""
        id = f"{ASIDE}{next(self._numbers)}"
        self._aside({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
        return id

    def _aside(self, message: Json) -> None:
        with open(self.folder / "asides", "w", encoding="utf-8") as asides:
            asides.write(json.dumps(message) + "\n")

    def transcript(self) -> str:
        return "\n".join(
            f"{said.by}: {json.dumps(said.message, ensure_ascii=False)[:400]}" for said in self.said()
        )


def is_answer(said: Said) -> bool:
    return said.by == "server" and "id" in said.message and "method" not in said.message
