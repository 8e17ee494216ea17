"""What can be done with code, as entries of the menu, and the commands behind them."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lsprotocol import types

from foretype.config.settings import Settings
from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.documents.uri import file_uri
from foretype.flows.acting.actions import Action
from foretype.flows.acting.answering import Answering, Inquiry, Reply
from foretype.flows.acting.change import Changes
from foretype.flows.acting.marker import marker_in, todo_in
from foretype.flows.acting.menu import AGAIN, SHORTER, STOP, WISH, Entry, Spot, is_wanted, menu
from foretype.flows.editing.region import Region, around, is_selected, selected
from foretype.flows.editing.wish import Wish
from foretype.lsp.client import Client
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.editing import Edits, span
from foretype.lsp.messages import Json
from foretype.lsp.progress import Progress
from foretype.lsp.protocol import Range
from foretype.lsp.server import Server
from foretype.lsp.window import Severity, Window

ACTION, EXPLAIN = "foretype.action", "foretype.explain"
READY_KIND = "quickfix.foretype.ready"
LONGEST_MESSAGE = 1200
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class ActionParams:
    """The argument of foretype.action."""

    name: str
    uri: str
    range: Range
    diagnostics: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ExplainParams:
    """The argument of foretype.explain."""

    uri: str
    range: Range


@dataclass(frozen=True)
class Shown:
    """The result of an action that answers: the Markdown and the file that holds it."""

    text: str = ""
    uri: str = ""
    model: str = ""
    problem: str = ""


class CodeActions:
    """The menu, and what is done when something of it is chosen."""

    def __init__(
        self,
        server: Server,
        client: Client,
        edits: Edits,
        answering: Answering,
        changes: Changes,
        window: Window,
        progress: Progress,
        actions: Callable[[], Mapping[str, Action]],
        never: Callable[[Document], str],
    ) -> None:
        self._server = server
        self._client = client
        self._edits = edits
        self._answering = answering
        self._changes = changes
        self._window = window
        self._progress = progress
        self._actions = actions
        self._never = never

    def commands(self) -> dict[str, Command]:
        async def action(arguments: Sequence[Json]) -> Json:
            return await self._do(self._server.argument(arguments, ActionParams, ACTION))

        async def explain(arguments: Sequence[Json]) -> Json:
            params = self._server.argument(arguments, ExplainParams, EXPLAIN)
            return await self._do(ActionParams("explain", params.uri, params.range))

        return {ACTION: action, EXPLAIN: explain}

    async def menu(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        document = self._edits.open(params.text_document.uri)
        if document is None:
            return []
        params = replaced_range(document, params)
        spot = self._spot(document, params)
        wanted = [each for each in self._actions().values() if is_wanted(each.kind, params.context.only)]
        never = self._never(document)
        if spot.is_asked_for and not never and any(each.needs == "change" for each in wanted):
            spot = replace(spot, unchanged=await self._why_unchanged(spot))
        entries = menu(spot, wanted, never)
        shown = (each for each in entries if is_wanted(each.kind, params.context.only))
        items = [self._item(each, params) for each in shown if self._can_show(each)]
        return [*self._ready(spot, params), *items]

    def _ready(self, spot: Spot, params: types.CodeActionParams) -> Iterator[types.CodeAction]:
        """What the editor did not take when it was written, as a change that it makes itself."""
        ready = self._edits.ready(spot.document, spot.start.line)
        if ready and is_wanted(READY_KIND, params.context.only):
            words, edit = ready
            yield types.CodeAction(f"Foretype: take what is written: {words}", kind=READY_KIND, edit=edit)

    def _spot(self, document: Document, params: types.CodeActionParams) -> Spot:
        start, end = span(document, params.range)
        return Spot(
            document,
            start,
            end,
            tuple(map(sentence, params.context.diagnostics)),
            self._edits.last_at(document, start.line),
            params.context.trigger_kind is not types.CodeActionTriggerKind.Automatic,
            is_being_written=self._progress.is_at_work(document.key),
        )

    async def _why_unchanged(self, spot: Spot) -> str:
        return "" if spot.has_selection else await self._changes.why_none(spot.document)

    def _can_show(self, entry: Entry) -> bool:
        return not entry.disabled or self._client.shows_disabled_actions

    def _item(self, entry: Entry, params: types.CodeActionParams) -> types.CodeAction:
        command = types.Command(title=entry.title, command=ACTION, arguments=[self._argument(entry, params)])
        disabled = types.CodeActionDisabled(entry.disabled) if entry.disabled else None
        about = [each for each in params.context.diagnostics if entry.name == "fix"]
        return types.CodeAction(
            entry.title,
            kind=entry.kind,
            diagnostics=about or None,
            is_preferred=True if entry.is_preferred else None,
            disabled=disabled,
            command=None if disabled else command,
        )

    def _argument(self, entry: Entry, params: types.CodeActionParams) -> Json:
        reported = [sentence(each) for each in params.context.diagnostics] if entry.name == "fix" else []
        span: Json = self._server.protocol.unstructure(params.range)
        return {"name": entry.name, "uri": params.text_document.uri, "range": span, "diagnostics": reported}

    async def _do(self, params: ActionParams) -> Json:
        document = self._edits.document(params.uri)
        start, end = span(document, params.range)
        if params.name == STOP:
            return self._progress.stop(document.key)
        if params.name == WISH:
            return await self._wish(document, start, end)
        if params.name in (AGAIN, SHORTER):
            last = self._edits.last_at(document, start.line)
            words = "Shorter." if params.name == SHORTER else ""
            return await self._edits.make(Wish(document, Region(start, end), words, follows=last or "none"))
        action = self._actions().get(params.name)
        if action is None:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"there is no action {params.name[:60]!r}")
        if action.does == "answer":
            return await self._answer(document, start, end, action, tuple(params.diagnostics))
        instruction = action.instruction
        if action.needs == "todo":
            instruction = f"{instruction}\nThe TODO: {todo_in(document, start, end)}"
        about = meant(document, start, end)
        return await self._edits.make(Wish(document, about, instruction, tuple(params.diagnostics)))

    async def _wish(self, document: Document, start: Place, end: Place) -> Json:
        marker = marker_in(document, start, end)
        if marker is None:
            raise RpcError(ErrorCode.INVALID_PARAMS, "there is no wish in a comment here")
        return await self._edits.make(Wish(document, marker.region, marker.wish, drops_first_line=True))

    async def _answer(
        self, document: Document, start: Place, end: Place, action: Action, diagnostics: tuple[str, ...]
    ) -> Shown:
        about, words = meant(document, start, end), action.instruction
        is_about_change = action.needs == "change" and not is_selected(document, start, end)
        inquiry = Inquiry(document, about, action.name, action.title, words, diagnostics, is_about_change)
        work = asyncio.ensure_future(self._answering.answer(inquiry))
        try:
            async with self._progress.shown(action.title, work.cancel, document.key):
                await asyncio.wait((work,))
        finally:
            work.cancel()
        reply = Reply(problem="It was cancelled.") if work.cancelled() else work.result()
        return await self._shown(reply, action)

    async def _shown(self, reply: Reply, action: Action) -> Shown:
        """Opens the answer where the client can, and says it where it cannot or where it is short."""
        uri = file_uri(reply.path) if reply.path else ""
        cause = f"{ACTION} {time.monotonic()}"
        if reply.problem and not reply.is_told:
            self._window.tell(cause, reply.problem)
        elif not reply.problem and not (self._is_to_open(reply) and await self._opened(uri)):
            self._window.tell(cause, shortened(reply.text, uri), Severity.INFO)
        return Shown(reply.text, uri, reply.model, reply.problem)

    def _is_to_open(self, reply: Reply) -> bool:
        """A client of ours draws every answer where it belongs."""
        return reply.path is not None and (self._client.hears_status or not reply.is_short)

    async def _opened(self, uri: str) -> bool:
        if not self._client.shows_documents:
            return False
        params = types.ShowDocumentParams(uri=uri, external=False, take_focus=True)
        try:
            return (await self._server.window_show_document_async(params)).success
        except RpcError:
            return False


def replaced_range(document: Document, params: types.CodeActionParams) -> types.CodeActionParams:
    """Kate, which does not say how it asks, sends the word at the cursor where nothing is selected."""
    start, end = span(document, params.range)
    if params.context.trigger_kind is not None or not is_word(document, start, end):
        return params
    cursor = types.Range(params.range.start, params.range.start)
    return types.CodeActionParams(params.text_document, cursor, params.context)


def is_word(document: Document, start: Place, end: Place) -> bool:
    """Whether this is exactly one word."""
    line = document.text.line(start.line)
    words = (found.span() for found in WORD.finditer(line))
    return start.line == end.line and (start.column, end.column) in words


def meant(document: Document, start: Place, end: Place) -> Region:
    """What is selected, or the block at the cursor."""
    return selected(document, start, end) if is_selected(document, start, end) else around(document, start)


def shortened(text: str, uri: str) -> str:
    where = f"\n… the rest is in {uri}" if uri else " …"
    return text if len(text) <= LONGEST_MESSAGE else text[:LONGEST_MESSAGE] + where


def sentence(diagnostic: types.Diagnostic) -> str:
    """A diagnostic as a model reads it: the line, who says so, and what."""
    by = f" ({diagnostic.source})" if diagnostic.source else ""
    return f"line {diagnostic.range.start.line + 1}{by}: {diagnostic.message}"[:500]


def never_for(
    is_secret: Callable[[Document], bool], settings: Callable[[], Settings]
) -> Callable[[Document], str]:
    """Why no action at all can be chosen for a document; empty where they can."""

    def never(document: Document) -> str:
        if is_secret(document):
            return "This file may hold secrets, so no model is shown it."
        models = settings().models
        return "" if models.edit or models.chat else "Name a model in `models.edit` and `models.chat` first."

    return never
