"""What the server says it can do is valid LSP, and is what it does."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import converters, types

from foretype.app import App
from foretype.lsp.capabilities import COMMANDS, initialize_result
from foretype.lsp.client import Client

from contract import served

Json = Any

PROVIDERS = {
    "inline_completion_provider": "textDocument/inlineCompletion",
    "completion_provider": "textDocument/completion",
    "code_action_provider": "textDocument/codeAction",
    "hover_provider": "textDocument/hover",
    "execute_command_provider": "workspace/executeCommand",
}
NEWS = {
    "text_document_sync": {f"textDocument/did{what}" for what in ("Open", "Change", "Save", "Close")},
    "notebook_document_sync": {f"notebookDocument/did{what}" for what in ("Open", "Change", "Close")},
    "workspace": {"workspace/didChangeWorkspaceFolders"},
}


CLIENTS: list[Json] = [{}, served.INLINE]


@pytest.fixture(params=CLIENTS, ids=["without", "with inline completion"])
def able(request: pytest.FixtureRequest) -> Json:
    return request.param


@pytest.fixture
async def app(tmp_path: Path, able: Json) -> AsyncIterator[App]:
    built = served.app(tmp_path, able)
    yield built
    await built.close()


def advertised(able: Json) -> types.InitializeResult:
    result = initialize_result(Client.parse({"capabilities": able}))
    typed = converters.get_converter().structure(result, types.InitializeResult)
    assert converters.get_converter().unstructure(typed) == result
    return typed


def test_the_answer_is_what_the_protocol_calls_an_initialize_result(able: Json) -> None:
    assert advertised(able).server_info == types.ServerInfo("foretype", "0.1.0")


@pytest.mark.parametrize(("provider", "method"), PROVIDERS.items())
async def test_what_is_advertised_is_served_and_the_reverse(
    app: App, able: Json, provider: str, method: str
) -> None:
    is_advertised = getattr(advertised(able).capabilities, provider) is not None
    assert is_advertised == (method in served.methods(app))


def test_no_other_provider_is_advertised(able: Json) -> None:
    given = {name for name, value in vars_of(advertised(able).capabilities).items() if value is not None}
    assert given <= {"position_encoding", *NEWS, *PROVIDERS}


async def test_what_a_client_is_told_to_tell_is_heard(app: App, able: Json) -> None:
    capabilities = advertised(able).capabilities
    for capability, methods in NEWS.items():
        assert getattr(capabilities, capability) is not None
        assert methods <= served.methods(app)


def vars_of(capabilities: types.ServerCapabilities) -> dict[str, object]:
    return {
        name: getattr(capabilities, name) for name in types.ServerCapabilities.__slots__ if name[0] != "_"
    }


async def test_every_advertised_command_is_there_and_no_other(app: App) -> None:
    assert {*app.commands, *app.asked_for().commands()} == set(COMMANDS)


async def test_the_fuzz_knows_every_method(app: App) -> None:
    either = {"textDocument/completion", "textDocument/inlineCompletion"}
    assert set(served.RIGHT_PARAMS) - either == served.methods(app) - either
