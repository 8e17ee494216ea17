"""What an editor says to a change that it is asked to make."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from lsprotocol import types

from foretype.lsp.applying import refusal_of
from foretype.lsp.codes import ErrorCode, RpcError

EDIT = types.WorkspaceEdit(changes={"file:///a.py": []})
Answer = Callable[[], Awaitable[types.ApplyWorkspaceEditResult]]


class Editor:
    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self.asked: list[types.ApplyWorkspaceEditParams] = []

    async def workspace_apply_edit_async(
        self, params: types.ApplyWorkspaceEditParams
    ) -> types.ApplyWorkspaceEditResult:
        self.asked.append(params)
        return await self._answer()


async def made() -> types.ApplyWorkspaceEditResult:
    return types.ApplyWorkspaceEditResult(applied=True)


async def not_made() -> types.ApplyWorkspaceEditResult:
    return types.ApplyWorkspaceEditResult(applied=False)


async def locked() -> types.ApplyWorkspaceEditResult:
    return types.ApplyWorkspaceEditResult(applied=False, failure_reason="the file is locked")


async def unable() -> types.ApplyWorkspaceEditResult:
    raise RpcError(ErrorCode.REQUEST_FAILED, "there is no such method")


async def lost() -> types.ApplyWorkspaceEditResult:
    await asyncio.Event().wait()
    raise AssertionError


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (made, ""),
        (not_made, "it gave no reason"),
        (locked, "the file is locked"),
        (unable, "there is no such method"),
        (lost, "it gave no answer"),
    ],
)
async def test_what_it_says_against_a_change(answer: Answer, said: str) -> None:
    editor = Editor(answer)
    assert await refusal_of(editor, EDIT, patience_s=0.05) == said
    (asked,) = editor.asked
    assert (asked.edit, asked.label) == (EDIT, "Foretype")
