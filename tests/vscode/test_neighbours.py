"""Foretype beside other extensions: their suggestions, and their use of its model."""

from __future__ import annotations

from pathlib import Path

from editors.desk import Desk
from editors.model import knows, says
from vscode.code import Code
from vscode.neighbour import packed
from vscode.window import window

from contract.upstream import Upstream

GREETING = "def greet(name):\n    return name\n\n\n"
OURS, THEIRS = "nt(greet(1))", 'nt("the neighbour")'


async def test_suggestions_stand_beside_those_of_others_and_others_use_the_model(
    code: Code, desk: Desk, tmp_path: Path, upstream: Upstream
) -> None:
    await code.install(packed(tmp_path))
    code.write_user_settings(**{"chat.disableAIFeatures": False})
    upstream.always(knows("print(greet(1))"))
    file = desk.file("a.py", GREETING)
    async with window(code) as vscode:
        await vscode.status_is("ready")
        await vscode.open(file)
        await vscode.type("pri")
        seen = set()

        async def both_seen() -> bool:
            await vscode.press("Alt+BracketRight")
            seen.add(await vscode.ghost())
            return {OURS, THEIRS} <= seen

        await vscode.until(both_seen, "each of the suggestions, in turn")
        next_one = await vscode.ghost()
        await vscode.press("Alt+BracketLeft")
        await vscode.ghost_is(OURS if next_one == THEIRS else THEIRS)

        upstream.always(says("It adds **two** numbers."))
        await vscode.run("Neighbour: Ask Foretype's Model")
        await vscode.says(r"said: It adds \*\*two\*\* numbers\.")
        await vscode.run("Neighbour: Ask the Participant")
        await vscode.page.locator(".interactive-response strong", has_text="two").wait_for()
        assert (await desk.wire.sent("foretype/chat", times=2))["text"] == "What is it?"
