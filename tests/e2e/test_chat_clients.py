"""Chat with clients that we did not write: their own library reads what we send."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

from contract.upstream import serving
from e2e.chatting import says, settings


@pytest_lsp.fixture(  # type: ignore[untyped-decorator,unused-ignore]
    params=["visual-studio-code@v1.65.2", "neovim@v0.11.0", "emacs@v29.1"],
    config=ClientServerConfig(server_command=[sys.executable, "-m", "foretype", "lsp"]),
)
async def client(request: pytest.FixtureRequest, lsp_client: LanguageClient, tmp_path: Path):  # type: ignore[no-untyped-def]
    @lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)  # type: ignore[untyped-decorator]
    def register(params: types.RegistrationParams) -> None:
        return None

    lsp_client.protocol.fm.features.pop(types.PROGRESS, None)

    @lsp_client.feature(types.PROGRESS)  # type: ignore[untyped-decorator]
    def progress(params: Any) -> None:
        told(lsp_client).append(params)

    async with serving() as upstream:
        upstream.always(says("It is ", "blue.\n"))
        lsp_client.set_configuration({"foretype": settings(upstream)})
        able = client_capabilities(request.param)
        params = types.InitializeParams(
            capabilities=able, root_uri=tmp_path.as_uri(), initialization_options=settings(upstream)
        )
        await lsp_client.initialize_session(params)
        yield
        await lsp_client.shutdown_session()


def told(client: LanguageClient) -> list[Any]:
    """What the client was told on the way; its library knows no progress but that of work done."""
    pieces: list[Any] = client.__dict__.setdefault("told", [])
    return pieces


async def test_a_conversation_of_any_client(client: LanguageClient) -> None:
    params = {"partialResultToken": "t", "text": "What colour is the sky?"}
    asking = client.protocol.send_request_async("foretype/chat", params)  # type: ignore[no-untyped-call]
    result = await asyncio.wait_for(asking, 20)
    assert result.finish == "stop"
    assert "".join(p.value["text"] for p in told(client) if p.value["kind"] == "text") == "It is blue.\n"
    listed = await client.workspace_execute_command_async(
        types.ExecuteCommandParams("foretype.conversations", [{"action": "open", "id": result.conversation}])
    )
    turns = json.loads(json.dumps(listed, default=vars))["turns"]
    assert [turn["text"] for turn in turns] == ["What colour is the sky?", "It is blue.\n"]
    assert client.messages == []
