"""foretype.edit: a part of a document rewritten as a sentence asks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import PurePath

from lsprotocol import types

from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.documents.text import Place
from foretype.documents.uri import file_path, file_uri
from foretype.flows.editing.difference import Hunk, end_of
from foretype.flows.editing.flow import Editing
from foretype.flows.editing.region import Region, around, numbered, selected
from foretype.flows.editing.wish import Listener, Outcome, Wish
from foretype.lsp import protocol
from foretype.lsp.applying import refusal_of, workspace_edit
from foretype.lsp.client import Client
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.progress import Progress
from foretype.lsp.protocol import EditParams, EditPiece, EditProposal, EditResult
from foretype.lsp.server import Server
from foretype.lsp.window import Window

EDIT = "foretype.edit"
LONGEST_TITLE = 60
PIECE_EVERY_S = 0.05
CANCELLED = "The edit was cancelled; nothing was changed."


class Edits:
    """Edits on behalf of one client."""

    def __init__(
        self,
        server: Server,
        client: Client,
        documents: Documents,
        editing: Editing,
        window: Window,
        progress: Progress,
        folders: Sequence[PurePath],
    ) -> None:
        self._server = server
        self._client = client
        self._documents = documents
        self._editing = editing
        self._window = window
        self._progress = progress
        self._folders = folders

    def commands(self) -> dict[str, Command]:
        async def edit(arguments: Sequence[Json]) -> EditResult:
            params = self._params(arguments)
            document = self.document(params.uri)
            wish = Wish(
                document,
                region(document, params),
                params.instruction.strip(),
                is_preview=params.preview or not self._client.applies_edits,
                follows=params.follows or "",
            )
            return await self.make(wish, params.token)

        return {EDIT: edit}

    async def make(self, wish: Wish, token: int | str | None = None) -> EditResult:
        """Makes an edit while the user sees that it is going on; one who has no other way is told why not."""
        listener = None if token is None else self._pieces(wish.document, token)
        begun = self._editing.begin(wish)
        work = asyncio.ensure_future(self._editing.finish(begun, self._apply, listener))
        try:
            async with self._progress.shown(title_of(wish), work.cancel, wish.document.key):
                await asyncio.wait((work,))
        finally:
            work.cancel()
            begun.end()
        outcome = Outcome(problem=CANCELLED) if work.cancelled() else work.result()
        result = result_of(outcome)
        if outcome.problem and not outcome.is_told and token is None and not wish.is_preview:
            self._window.tell(f"{EDIT} {time.monotonic()}", outcome.problem)
        return result

    def last_at(self, document: Document, line: int) -> str:
        """The id of the edit that was made at a line last."""
        return self._editing.recent.last_at(document, line)

    def open(self, uri: str) -> Document | None:
        return self._documents.get(uri)

    def document(self, uri: str) -> Document:
        document = self.open(uri)
        if document is None:
            raise RpcError(ErrorCode.INVALID_PARAMS, "the document is not open: only open ones are edited")
        return document

    def _params(self, arguments: Sequence[Json]) -> EditParams:
        if arguments and isinstance(arguments[0], str):
            path, first, last, words = words_of(arguments)
            return EditParams(self._uri_of(path), words, lines=[first, last])
        params = self._server.argument(arguments, EditParams, EDIT)
        if not params.instruction.strip() and not params.follows:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"{EDIT} needs an instruction, in words")
        return params

    def _uri_of(self, path: str) -> str:
        """The URI of an open document, by its path, whole or from an open folder on.

        Where the client has named no folder, the only open document that a path is the end of is meant.
        """
        if "://" in path:
            return path
        candidates = [PurePath(path), *(folder / path for folder in self._folders)]
        uris = [file_uri(each) for each in candidates if each.is_absolute()]
        ends = PurePath(path).parts
        alike = [each.uri for each in self._documents if path_parts(each.uri)[-len(ends) :] == ends]
        uris += alike if len(alike) == 1 else []
        return next((uri for uri in uris if self._documents.get(uri)), path)

    def _pieces(self, document: Document, token: int | str) -> Listener:
        """Sends the text as it grows, no oftener than anybody sees."""
        last_s = 0.0

        def hear(region: Region, text: str) -> None:
            nonlocal last_s
            if (now := time.monotonic()) - last_s >= PIECE_EVERY_S:
                last_s = now
                value = self._server.protocol.unstructure(EditPiece(wire_range(document, region), text))
                self._server.protocol.connection.notify("$/progress", {"token": token, "value": value})

        return hear

    def ready(self, document: Document, line: int) -> tuple[str, types.WorkspaceEdit] | None:
        """A change that the editor did not take, and what it was asked for by."""
        ready = self._editing.ready(document, line)
        if ready is None:
            return None
        return shortened(ready.instruction), workspace_edit(document, ready.hunks, self._client)

    async def _apply(self, document: Document, hunks: tuple[Hunk, ...]) -> str:
        return await refusal_of(self._server, workspace_edit(document, hunks, self._client))


def path_parts(uri: str) -> tuple[str, ...]:
    found = file_path(uri)
    return found.parts if found else ()


def words_of(arguments: Sequence[Json]) -> tuple[str, int, int, str]:
    """PATH FIRST LAST WORDS…, as an editor's command line gives them."""
    path, *rest = arguments
    first, last = (line_number(each) for each in (*rest[:2], None, None)[:2])
    words = " ".join(str(word) for word in rest[2:]).strip()
    if not words or not all(isinstance(word, str | int | float) for word in rest[2:]):
        raise RpcError(ErrorCode.INVALID_PARAMS, f"{EDIT} takes PATH FIRST LAST and what to do, in words")
    return path, first, last, words


def line_number(value: Json) -> int:
    if isinstance(value, str) and value.isdecimal():
        value = int(value)
    if type(value) is not int or value < 1:
        raise RpcError(ErrorCode.INVALID_PARAMS, f"{EDIT} takes PATH FIRST LAST, with lines counted from 1")
    return value


def region(document: Document, params: EditParams) -> Region:
    if params.lines is not None:
        if not 1 <= len(params.lines) <= 2:
            raise RpcError(ErrorCode.INVALID_PARAMS, f"{EDIT}: lines are a first and a last one")
        return numbered(document, line_number(params.lines[0]), line_number(params.lines[-1]))
    if params.range is not None:
        return selected(document, *span(document, params.range))
    if params.position is not None:
        return around(document, place(document, params.position))
    if params.follows:
        return Region(Place(0, 0), Place(0, 0))
    raise RpcError(ErrorCode.INVALID_PARAMS, f"{EDIT} needs a range, lines or a position")


def place(document: Document, position: protocol.Position) -> Place:
    return document.place(position.line, position.character)


def span(document: Document, range: protocol.Range | types.Range) -> tuple[Place, Place]:
    """Both ends of a range; an end inside a character is behind it.

    Neovim's own range of a selection ends one unit into its last character, however long that is.
    """
    start, end = (document.place(each.line, each.character) for each in (range.start, range.end))
    is_inside = document.character(end) < range.end.character and end < end_of(document, end.line)
    return start, Place(end.line, end.column + 1) if is_inside else end


def title_of(wish: Wish) -> str:
    return shortened(wish.instruction or "once more")


def shortened(instruction: str) -> str:
    words = " ".join(instruction.split())
    return words if len(words) <= LONGEST_TITLE else f"{words[: LONGEST_TITLE - 1]}…"


def result_of(outcome: Outcome) -> EditResult:
    document = outcome.document
    if document is None:
        return EditResult(False, outcome.id, outcome.model, problem=outcome.problem)
    hunks = [protocol.Hunk(wire_range(document, hunk), hunk.text) for hunk in outcome.hunks]
    proposal = EditProposal(outcome.id, document.uri, document.version or 0, hunks)
    return EditResult(outcome.is_applied, outcome.id, outcome.model, proposal)


def wire_range(document: Document, part: Hunk | Region) -> protocol.Range:
    start = protocol.Position(part.start.line, document.character(part.start))
    end = protocol.Position(part.end.line, document.character(part.end))
    return protocol.Range(start, end)
