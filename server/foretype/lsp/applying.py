"""Asking the editor to change its text."""

from __future__ import annotations

import asyncio
from typing import Protocol

from lsprotocol import types

from foretype.lsp.codes import RpcError

# An editor that has not answered by then has lost the question, as lsp-mode may.
PATIENCE_S = 30.0


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
