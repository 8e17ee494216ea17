"""Our own parameters are read as strictly as LSP's."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lsprotocol import types

from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.protocol import (
    ChatParams,
    EditParams,
    ModelInfo,
    ModelsResult,
    Position,
    Range,
    SetKeyParams,
)
from foretype.lsp.rpc import Connection
from foretype.lsp.server import Server


class Nowhere:
    """An editor that listens to nothing."""

    @property
    def waiting_bytes(self) -> int:
        return 0

    def send(self, body: bytes) -> None:
        return


@pytest.fixture
def server() -> Server:
    return Server(Connection(Nowhere(), lambda params: None))


RANGE = {"start": {"line": 1, "character": 2}, "end": {"line": 3, "character": 4}}


@pytest.mark.parametrize("token", [7, "seven", None])
def test_a_question_is_read_with_either_kind_of_token(server: Server, token: Any) -> None:
    written = {"partialResultToken": token, "text": "why?", "range": RANGE, "images": ["data:,x"]}
    read = server.protocol.structure_params("foretype/chat", written)
    where = Range(Position(1, 2), Position(3, 4))
    assert read == ChatParams(partialResultToken=token, text="why?", range=where, images=["data:,x"])


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("foretype/chat", {"text": 5}),
        ("foretype/chat", {"range": {"start": 1}}),
        ("foretype/chat", {"partialResultToken": 1.5}),
        ("foretype/chat", []),
        (
            "textDocument/hover",
            {"textDocument": {"uri": "file:///a"}, "position": {"line": "3", "character": 0}},
        ),
        (
            "textDocument/hover",
            {"textDocument": {"uri": "file:///a"}, "position": {"line": 3, "character": True}},
        ),
        ("foretype/setKey", {"key": 5}),
        ("foretype/setKey", "hf_abc"),
    ],
)
def test_what_has_another_type_is_refused(server: Server, method: str, params: Any) -> None:
    with pytest.raises(RpcError, match="wrong or missing parameters of") as refused:
        server.protocol.structure_params(method, params)
    assert refused.value.code is ErrorCode.INVALID_PARAMS
    assert "hf_abc" not in str(refused.value)


def test_an_enumeration_is_read_by_its_number(server: Server) -> None:
    where = {"textDocument": {"uri": "file:///a"}, "position": {"line": 1, "character": 0}}
    method = "textDocument/inlineCompletion"
    read = server.protocol.structure_params(method, {**where, "context": {"triggerKind": 1}})
    assert read.context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    with pytest.raises(RpcError):
        server.protocol.structure_params(method, {**where, "context": {"triggerKind": 7}})


def test_a_key_may_be_taken_back(server: Server) -> None:
    assert server.protocol.structure_params("foretype/setKey", {"key": None}) == SetKeyParams(None)


def test_a_command_has_one_argument_an_object(server: Server) -> None:
    written = {"uri": "file:///a.py", "instruction": "shorter", "lines": [1, 2]}
    read = server.argument([written], EditParams, "foretype.edit")
    assert read == EditParams("file:///a.py", "shorter", lines=[1, 2])
    for wrong in ([], [written, written], ["shorter"], [{"instruction": "no uri"}]):
        with pytest.raises(RpcError):
            server.argument(wrong, EditParams, "foretype.edit")


def test_what_is_sent_is_plain_json(server: Server) -> None:
    sent = server.protocol.unstructure(ModelsResult([ModelInfo("hf:a/b", "b", "hf", ["chat"])], age_s=1.5))
    assert json.loads(json.dumps(sent))["models"][0]["roles"] == ["chat"]
