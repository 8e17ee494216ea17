"""The Hugging Face token goes to VS Code's secret storage and to the server, and nowhere else."""

from __future__ import annotations

from editors.desk import Desk
from editors.patience import until
from vscode.code import Code
from vscode.window import Window, window

TOKEN = "hf_madeUpForThisTest0123456789abcdef"
SET_KEY = "foretype/setKey"


async def test_a_token_that_is_typed_reaches_the_server_and_no_file(vscode: Window, desk: Desk) -> None:
    await vscode.run("Foretype: Connect Hugging Face")
    await vscode.page.locator('.quick-input-widget input[type="password"]').wait_for()
    await vscode.type(TOKEN)
    await vscode.press("Enter")
    assert await desk.wire.sent(SET_KEY) == {"key": TOKEN}
    await vscode.says("Foretype: ")
    assert TOKEN not in on_disk(vscode.code)
    assert TOKEN not in await vscode.page.locator("body").inner_text()


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


def answers_to_the_server(desk: Desk) -> list[list[dict[str, object]]]:
    results = [said.message.get("result") for said in desk.wire.said() if said.by == "editor"]
    return [result for result in results if isinstance(result, list)]


def on_disk(code: Code) -> str:
    """All that VS Code has written."""
    files = [file for file in code.user_data.rglob("*") if file.is_file()]
    return "\n".join(file.read_bytes().decode(errors="replace") for file in files)
