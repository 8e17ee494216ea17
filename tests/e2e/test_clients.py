"""The server with clients that we did not write, as they present themselves."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

CLIENTS = ["visual-studio-code@v1.65.2", "neovim@v0.11.0", "emacs@v29.1"]


@pytest_lsp.fixture(  # type: ignore[untyped-decorator,unused-ignore]
    params=CLIENTS,
    config=ClientServerConfig(server_command=[sys.executable, "-m", "foretype", "lsp"]),
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient, tmp_path: Path):  # type: ignore[no-untyped-def]
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def register(params: types.RegistrationParams) -> None:
        return None

    able = client_capabilities(request.param)
    params = types.InitializeParams(capabilities=able, root_uri=tmp_path.as_uri())
    await lsp_client.initialize_session(params)
    yield
    await lsp_client.shutdown_session()


async def test_a_session_of_any_client(client: LanguageClient, tmp_path: Path) -> None:
    uri = (tmp_path / "a.py").as_uri()
    client.text_document_did_open(
        types.DidOpenTextDocumentParams(types.TextDocumentItem(uri, "python", 1, "x = 1\n"))
    )
    assert await documents_open(client) == 1
    client.text_document_did_close(types.DidCloseTextDocumentParams(types.TextDocumentIdentifier(uri)))
    assert await documents_open(client) == 0
    assert client.messages == []


async def documents_open(client: LanguageClient) -> int:
    status = await client.workspace_execute_command_async(types.ExecuteCommandParams("foretype.status"))
    assert isinstance(status, dict)
    return int(status["documents"])
