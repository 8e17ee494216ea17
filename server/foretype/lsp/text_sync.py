"""didOpen, didChange, didClose: the editor's text, kept in `documents`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from lsprotocol import types

from foretype.documents.change import Change, Position
from foretype.documents.store import Documents
from foretype.lsp.client import at, string
from foretype.lsp.codes import RpcError
from foretype.lsp.messages import Json
from foretype.lsp.server import Server


def register(server: Server, documents: Documents, saved: Callable[[], None]) -> None:
    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    def did_open(params: types.DidOpenTextDocumentParams) -> None:
        item = params.text_document
        documents.open(item.uri, item.language_id, item.version, item.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    def did_change(params: types.DidChangeTextDocumentParams) -> None:
        item = params.text_document
        documents.change(item.uri, item.version, changes(params.content_changes))

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def did_close(params: types.DidCloseTextDocumentParams) -> None:
        documents.close(params.text_document.uri)

    @server.feature(types.TEXT_DOCUMENT_DID_SAVE)
    def did_save(params: types.DidSaveTextDocumentParams) -> None:
        saved()

    @server.misread(types.TEXT_DOCUMENT_DID_CHANGE)
    def doubt(params: Json, problem: RpcError) -> None:
        """An edit that cannot be read has happened all the same: the text is not known any more."""
        documents.doubt(string(at(params, "textDocument", "uri")))


def changes(events: Sequence[types.TextDocumentContentChangeEvent]) -> tuple[Change, ...]:
    return tuple(map(change, events))


def change(event: types.TextDocumentContentChangeEvent) -> Change:
    if isinstance(event, types.TextDocumentContentChangePartial):
        return Change(event.text, position(event.range.start), position(event.range.end))
    return Change(event.text)


def position(position: types.Position) -> Position:
    return Position(position.line, position.character)
