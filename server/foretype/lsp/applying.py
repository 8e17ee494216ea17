"""Asking the editor to change its text."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Protocol

from lsprotocol import types

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.lsp.client import Client
from foretype.lsp.codes import RpcError

# An editor that has not answered by then has lost the question, as lsp-mode may.
PATIENCE_S = 30.0
ANNOTATION = "foretype"


class Change(Protocol):
    """What stands between two places becomes this text."""

    @property
    def start(self) -> Place: ...
    @property
    def end(self) -> Place: ...
    @property
    def text(self) -> str: ...


class Editor(Protocol):
    async def workspace_apply_edit_async(
        self, params: types.ApplyWorkspaceEditParams
    ) -> types.ApplyWorkspaceEditResult: ...


async def refusal_of(editor: Editor, edit: types.WorkspaceEdit, patience_s: float | None = PATIENCE_S) -> str:
    """What the editor says against a change; empty where it says that it has made it."""
    params = types.ApplyWorkspaceEditParams(edit, label="Foretype")
    try:
        answer = await asyncio.wait_for(editor.workspace_apply_edit_async(params), patience_s)
    except asyncio.TimeoutError:
        return "it gave no answer"
    except RpcError as refused:
        return refused.message
    return "" if answer.applied else answer.failure_reason or "it gave no reason"


def workspace_edit(
    document: Document,
    changes: Sequence[Change],
    client: Client,
    annotation: types.ChangeAnnotation | None = None,
) -> types.WorkspaceEdit:
    """One edit, of this version of a document and no other where the client looks at versions.

    An annotation is for a client that looks at versions, too.
    """
    edits = [types.TextEdit(range_of(document, each.start, each.end), each.text) for each in changes]
    if not client.versions_edits:
        return types.WorkspaceEdit(changes={document.uri: edits})
    named = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    if annotation is None:
        return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(named, list(edits))])
    annotated = [types.AnnotatedTextEdit(ANNOTATION, each.range, each.new_text) for each in edits]
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(named, list(annotated))],
        change_annotations={ANNOTATION: annotation},
    )


def range_of(document: Document, start: Place, end: Place) -> types.Range:
    first, last = (types.Position(at.line, document.character(at)) for at in (start, end))
    return types.Range(first, last)
