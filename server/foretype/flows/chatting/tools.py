"""What a model may ask for on its way to an answer: three ways of reading, and one of proposing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from foretype.backends.request import Tool
from foretype.documents.text import Place
from foretype.flows.chatting.context import Context
from foretype.flows.chatting.files import NotReadable
from foretype.postprocess.hidden_unicode import HIDDEN, is_ligature
from foretype.prompt.asked import ToolCall
from foretype.prompt.budget import TokenCost, head_within

MOST_TOKENS = 4000
LONGEST_SHOWN = 300


@dataclass(frozen=True)
class Proposal:
    """A change that a model would make to an open document: this stretch, the `old` text, becomes `text`."""

    id: str
    uri: str
    version: int
    start: Place
    end: Place
    old: str
    text: str


@dataclass(frozen=True)
class Done:
    """What came of a call: what the model reads of it, and the change that it proposes, if any."""

    text: str
    proposal: Proposal | None = None


def schema(required: tuple[str, ...], **properties: str) -> str:
    """A JSON schema of strings and, where the name says so, of line numbers."""
    described = {
        name: {"type": "integer" if name.endswith("_line") else "string", "description": said}
        for name, said in properties.items()
    }
    return json.dumps({"type": "object", "properties": described, "required": list(required)})


TOOLS = (
    Tool(
        "read_file",
        "Reads a file of the workspace, or a part of it, as it is in the editor.",
        schema(
            ("path",), path="path inside the workspace", first_line="from 1", last_line="the last line wanted"
        ),
    ),
    Tool(
        "search_workspace",
        "Finds the lines of the workspace that hold these words, as they stand, in any case.",
        schema(("text",), text="the words to look for"),
    ),
    Tool(
        "list_diagnostics",
        "Lists the errors and warnings that the editor has shown for open files.",
        schema(()),
    ),
    Tool(
        "propose_edit",
        "Proposes a change of an open file to the user, who decides about it. Nothing is changed by it.",
        schema(
            ("path", "old_text", "new_text"),
            path="path of the open file",
            old_text="the text to replace, exactly as it stands and only once there",
            new_text="what it becomes",
        ),
    ),
)


@dataclass(frozen=True)
class Toolbox:
    """Runs what a model calls. Whatever it asks, nothing is written, started or fetched."""

    context: Context

    async def run(self, call: ToolCall) -> Done:
        """The result, or a sentence that says what was wrong with the call."""
        ways: Mapping[str, Callable[[dict[str, Any]], Awaitable[Done]]] = {
            "read_file": self._read,
            "search_workspace": self._search,
            "list_diagnostics": self._diagnostics,
            "propose_edit": self._propose,
        }
        way = ways.get(call.name)
        if way is None:
            return Done(f"There is no tool {call.name[:60]!r}; there are {', '.join(ways)}.")
        try:
            return await way(arguments_of(call))
        except NotReadable as problem:
            return Done(str(problem))

    async def _read(self, arguments: dict[str, Any]) -> Done:
        path = wanted(arguments, "path")
        read = await asyncio.to_thread(self.context.files.read, path)
        lines = read.text.split("\n")
        first = max(1, number(arguments, "first_line", 1))
        last = min(len(lines), number(arguments, "last_line", len(lines)))
        numbered = "\n".join(f"{at:>5}  {lines[at - 1]}" for at in range(first, last + 1))
        return Done(f"{read.name}, lines {first} to {last} of {len(lines)}:\n{cut(numbered)}")

    async def _search(self, arguments: dict[str, Any]) -> Done:
        text = wanted(arguments, "text")
        found = await asyncio.to_thread(self.context.files.search, text)
        if not found:
            return Done(f"No line holds {text[:100]!r}.")
        return Done(cut("\n".join(f"{match.name}:{match.number}: {match.line}" for match in found)))

    async def _diagnostics(self, arguments: dict[str, Any]) -> Done:
        return Done(cut(self.context.diagnostic_lines()) or "The editor has mentioned none.")

    async def _propose(self, arguments: dict[str, Any]) -> Done:
        """A stretch of one open document, found by its text; anything less certain is refused."""
        path, old, new = (wanted(arguments, name) for name in ("path", "old_text", "new_text"))
        document = self.context.files.document(path)
        if document is None:
            raise NotReadable(
                f"{path[:200]} is not open, and only open files can be changed: show the change."
            )
        self.context.files.of(document)
        if hides_something(new):
            raise NotReadable("The new text holds characters that nobody would see.")
        text, eol = str(document.text), document.eol or "\n"
        old, new = (each.replace("\r\n", "\n").replace("\n", eol) for each in (old, new))
        if text.count(old) != 1:
            raise NotReadable(
                f"The old text stands {text.count(old)} times in {path[:200]}; it must be once."
            )
        start = document.text.place(text.index(old))
        end = document.text.place(text.index(old) + len(old))
        proposal = Proposal(uuid4().hex[:12], document.uri, document.version or 0, start, end, old, new)
        return Done("The change is shown to the user, who decides.", proposal)


def hides_something(text: str) -> bool:
    return any(not is_ligature(text, match.start()) for match in HIDDEN.finditer(text))


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments, if they are the object that they should be."""
    try:
        arguments = json.loads(call.arguments or "{}")
    except (ValueError, RecursionError):
        arguments = None
    if not isinstance(arguments, dict):
        raise NotReadable("The arguments of the call are not a JSON object.")
    return arguments


def wanted(arguments: dict[str, Any], name: str) -> str:
    value = arguments.get(name)
    if not isinstance(value, str) or (not value and name != "new_text"):
        raise NotReadable(f"The call needs {name}, a string.")
    return value


def number(arguments: dict[str, Any], name: str, otherwise: int) -> int:
    value = arguments.get(name)
    return value if type(value) is int else otherwise


def cut(text: str) -> str:
    kept = head_within(text, MOST_TOKENS, TokenCost())
    return kept if len(kept) == len(text) else f"{kept}\n(cut here: it is longer)"


def shown(call: ToolCall, done: Done) -> str:
    """A call and its result as the user sees them, on one short line."""
    asked = " ".join(call.arguments.split())[:LONGEST_SHOWN]
    said = " ".join(done.text.split())
    return f"{asked} → {said if len(said) <= LONGEST_SHOWN else said[: LONGEST_SHOWN - 1] + '…'}"
