"""The Hugging Face token goes to VS Code's secret storage and to the server, and nowhere else."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from editors.desk import Desk
from editors.patience import until
from vscode.code import Code
from vscode.window import Window, window

from contract.hugging_face import HuggingFace, hugging_face
from e2e.test_router import CODE, QWEN, TEXTS, fills

TOKEN = "hf_madeUpForThisTest0123456789abcdef"
UNKNOWN = "hf_nobodyKnowsThisOne0123456789abcde"
SET_KEY = "foretype/setKey"


@pytest.fixture
async def hf() -> AsyncIterator[HuggingFace]:
    async with hugging_face() as hf:
        hf.knows(TOKEN, "ada")
        yield hf


@pytest.fixture
def code(code: Code, hf: HuggingFace) -> Code:
    """One whose server asks the Hub on loopback whose token it is."""
    code.environment |= {"HF_ENDPOINT": hf.hub.origin, "FORETYPE_ROUTER_URL": hf.router.origin}
    return code


async def connect(vscode: Window, token: str) -> None:
    await vscode.run("Foretype: Connect Hugging Face")
    await vscode.page.locator('.quick-input-widget input[type="password"]').wait_for()
    await vscode.type(token)
    await vscode.press("Enter")


async def test_a_good_token_is_kept_and_a_bad_one_is_not(vscode: Window, desk: Desk, hf: HuggingFace) -> None:
    await connect(vscode, TOKEN)
    assert await desk.wire.sent(SET_KEY) == {"key": TOKEN}
    await vscode.says("connected to Hugging Face, connected .ada, hf_…cdef")

    await connect(vscode, UNKNOWN)
    await vscode.says("did not accept the token|does not know|not valid|refused")
    assert UNKNOWN in [params["key"] for params in keys_sent(desk)]

    async def back() -> bool:
        return keys_sent(desk)[-1] == {"key": TOKEN}

    await until(back, "the good token again")

    for token in (TOKEN, UNKNOWN):
        assert token not in on_disk(vscode.code)
        assert token not in await vscode.page.locator("body").inner_text()


async def test_a_revoked_token_is_told_once_a_model_refuses_it(
    code: Code, desk: Desk, hf: HuggingFace
) -> None:
    hf.serve(QWEN, featherless_ai="q")
    hf.texts[TEXTS] = fills
    config = desk.home / "foretype" / "config" / "config.toml"
    config.write_text(f'[models]\ncomplete = ["hf:{QWEN}"]\n')
    file = desk.file("a.py", CODE)
    async with window(code) as vscode:
        await vscode.status_is("ready")
        await connect(vscode, TOKEN)
        await vscode.says("connected to Hugging Face")
        await vscode.status_is(QWEN)
        await vscode.open(file)
        del hf.accounts[TOKEN]
        hf.refusal = "401 Unauthorized", {"error": "Invalid username or password."}
        await vscode.type("\n    return ")
        await vscode.says("did not accept the token.*run .Foretype: Connect Hugging Face")
        await vscode.status_is("did not accept the token")


async def test_a_token_in_the_settings_counts_and_is_moved_where_the_user_likes(
    code: Code, desk: Desk
) -> None:
    code.write_settings(
        foretype__server__path=str(desk.home.parent / "bin" / "foretype"), foretype__token=TOKEN
    )
    async with window(code) as vscode:
        await vscode.status_is("ready")

        async def told() -> bool:
            return [{"token": TOKEN}] in answers_to_the_server(desk)

        await until(told, desk.wire.transcript)
        await vscode.answer("settings.json holds your Hugging Face token", "Move it")
        await vscode.says("secret storage only")
        assert await desk.wire.sent(SET_KEY) == {"key": TOKEN}

        async def gone() -> bool:
            return TOKEN not in on_disk(code)

        await until(gone, "the end of the token in the settings")
        await vscode.run("Foretype: Disconnect Hugging Face")
        assert await desk.wire.sent(SET_KEY, times=2) == {"key": None}


def keys_sent(desk: Desk) -> list[dict[str, object]]:
    return [message["params"] for message in desk.wire.messages("editor", SET_KEY)]


def answers_to_the_server(desk: Desk) -> list[list[dict[str, object]]]:
    results = [said.message.get("result") for said in desk.wire.said() if said.by == "editor"]
    return [result for result in results if isinstance(result, list)]


def on_disk(code: Code) -> str:
    """All that VS Code has written."""
    files = [file for file in code.user_data.rglob("*") if file.is_file()]
    return "\n".join(file.read_bytes().decode(errors="replace") for file in files)
