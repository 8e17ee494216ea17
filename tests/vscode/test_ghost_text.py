"""Ghost text in a real VS Code, one key after the other."""

from __future__ import annotations

from editors.desk import Desk
from editors.model import asked, before_the_cursor, knows, knows_ways
from vscode.window import Window

from contract.upstream import Upstream

INLINE_COMPLETION = "textDocument/inlineCompletion"
GREETING = "def greet(name):\n    return name\n\n\n"
GREET = "print(greet(1))"


async def test_typing_shows_the_rest_of_the_line_and_tab_takes_it(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    file = desk.file("a.py", GREETING)
    await vscode.open(file)
    await vscode.type("pri")
    await vscode.ghost_is("nt(greet(1))")
    assert before_the_cursor(await asked(upstream)).startswith(GREETING + "p")
    await vscode.file_is(file, GREETING + "pri")
    await vscode.press("Tab")
    await vscode.file_is(file, GREETING + GREET)
    await vscode.ghost_is("")
    said = await desk.wire.sent("workspace/executeCommand")
    assert said["command"] == "foretype.accepted"


async def test_a_suggestion_is_taken_word_by_word_put_away_and_asked_for_again(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    file = desk.file("a.py", GREETING)
    await vscode.open(file)
    await vscode.type("pri")
    await vscode.ghost_is("nt(greet(1))")
    await vscode.press("Control+ArrowRight")
    await vscode.file_is(file, GREETING + "print")
    await vscode.ghost_is("(greet(1))")
    await vscode.press("Escape")
    await vscode.ghost_is("")
    await vscode.press("Alt+Backslash")
    await vscode.ghost_is("(greet(1))")
    last = desk.wire.messages("editor", INLINE_COMPLETION)[-1]
    assert last["params"]["context"]["triggerKind"] == 1, "asked for by hand"
    await vscode.press("Tab")
    await vscode.file_is(file, GREETING + GREET)


async def test_who_asks_by_hand_goes_through_what_else_could_stand_there(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    ways = {"nt(greet(1))", "nt(greet(2))", "nt(greet(3))"}
    upstream.always(knows_ways(*(f"pri{way}" for way in sorted(ways))))
    file = desk.file("a.py", GREETING)
    await vscode.open(file)
    await vscode.type("pri")
    await vscode.ghost_is("nt(greet(1))")
    await vscode.press("Alt+Backslash")
    seen = set()

    async def all_seen() -> bool:
        seen.add(await vscode.ghost())
        await vscode.press("Alt+BracketRight")
        return ways <= seen

    await vscode.until(all_seen, "each of the ways, in turn")


async def test_completions_are_turned_off_for_all_for_a_language_and_for_a_while(
    vscode: Window, desk: Desk, upstream: Upstream
) -> None:
    upstream.always(knows(GREET))
    file = desk.file("a.py", GREETING)
    await vscode.open(file)

    await vscode.run("Foretype: Turn Completions On or Off")
    await vscode.status_is("turned off")
    await vscode.type("pri")
    await vscode.file_is(file, GREETING + "pri")
    assert not desk.wire.messages("editor", INLINE_COMPLETION)
    assert vscode.code.user_settings()["foretype.complete.enabled"] is False

    await vscode.choose_in_menu("Turn completions on")
    await vscode.status_is("ready")
    await vscode.run("Foretype: Turn Completions On or Off for This Language")
    await vscode.status_is("turned off")
    assert vscode.code.user_settings()["foretype.complete.languages"]["python"] is False
    await vscode.type("n")
    await vscode.file_is(file, GREETING + "prin")
    assert not desk.wire.messages("editor", INLINE_COMPLETION)

    await vscode.run("Foretype: Turn Completions On or Off for This Language")
    await vscode.status_is("ready")
    await vscode.run("Foretype: Snooze Completions")
    await vscode.choose("15 minutes")
    await vscode.status_is("snoozed")
    await vscode.type("t")
    await vscode.file_is(file, GREETING + "print")
    assert not desk.wire.messages("editor", INLINE_COMPLETION)
    await vscode.press("Alt+Backslash")
    await vscode.ghost_is("(greet(1))")

    await vscode.choose_in_menu("End the snooze")
    await vscode.status_is("ready")
    await vscode.type("(")
    await vscode.ghost_is("greet(1))")
