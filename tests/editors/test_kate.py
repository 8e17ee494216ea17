"""A real Kate as `foretype setup` sets it up, by its keys: the menu, edits in words, and its own ways."""

from __future__ import annotations

import asyncio
import os
import signal

from editors.desk import Desk
from editors.install import Editors
from editors.kate import Kate, kate, kate_unasked
from editors.model import CHAT, asked, before_the_cursor, begins, knows, says, says_slowly, writes
from editors.patience import PATIENCE_S, until
from editors.wire import Said

from contract.upstream import Script, Upstream, Visit
from e2e.test_chat_document import path_of

CODE = "größe = '日本'\n\n# !add types\ndef area(w, h):\n    return w * h\n"
NEW = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
EDITED = CODE.replace("# !add types\ndef area(w, h)", "def area(w: int, h: int) -> int")
AS_TEXT = "CompletionParens=false\n"
LINE = "größe = 'é日😀'; print(größe)"


def knows_late(line: str, may_answer: asyncio.Event) -> Script:
    async def script(visit: Visit) -> None:
        await may_answer.wait()
        await knows(line)(visit)

    return script


def knows_after(line: str, text: str) -> Script:
    async def script(visit: Visit) -> None:
        await writes(text if before_the_cursor(visit).endswith(line) else "")(visit)

    return script


def says_in_turn(*parts: tuple[asyncio.Event, str]) -> Script:
    """Each part after its event."""

    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        for event, part in parts:
            await event.wait()
            await visit.say(CHAT.text(part))
        await visit.say(CHAT.end())
        await visit.end()

    return script


async def test_kate_asks_before_it_starts_the_server(editors: Editors, desk: Desk) -> None:
    async with kate_unasked(editors, desk, desk.file("a.py", CODE)) as running:
        await running.settled()
        assert desk.wire.said() == []

        async def is_started() -> bool:
            await running.press("Alt+y")
            return bool(desk.wire.messages("editor", "textDocument/didOpen"))

        await until(is_started, "the server")


async def test_the_rest_of_the_line_is_in_the_menu_and_enter_takes_it_and_undo_takes_it_out(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    """The model is slower than Kate's user, who types on; the cursor is behind characters of many bytes."""
    may_answer = asyncio.Event()
    upstream.will(knows_late(LINE, may_answer))
    start, typed = "größe = 'é日😀'; ", "prin"
    async with kate(editors, desk, desk.file("a.py", f"{start}\n{CODE}")) as running:
        await running.press("End")
        await running.type(typed[:3])
        await asked(upstream)
        await running.type(typed[3:])
        may_answer.set()
        await running.offers()
        await running.press("Return")
        await running.until_disk_has(f"{LINE}\n{CODE}")
        await running.press("Control+z")
        await running.until_disk_has(f"{start}{typed}\n{CODE}")


async def test_a_block_of_several_lines_is_taken_as_one_and_undone_as_one(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    """Kate asks behind a colon, too, because it is told to."""
    body = "\n    total = sum(numbers)\n\n    return total / len(numbers)"
    upstream.always(knows_after("def mean(numbers):", body))
    async with kate(editors, desk, desk.file("a.py", f"x = 1\n\n{CODE}")) as running:
        await running.press("Down")
        await running.type("def mean(numbers):")
        await running.offers()
        await running.press("Tab")
        await running.until_disk_has(f"x = 1\ndef mean(numbers):{body}\n{CODE}")
        await running.press("Control+z")
        await running.until_disk_has(f"x = 1\ndef mean(numbers):\n{CODE}")


async def test_what_was_meant_for_another_place_is_given_up_and_its_model_stops(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(begins("nt(ar"))
    upstream.always(knows("y = area(2, 3)"))
    async with kate(editors, desk, desk.file("a.py", f"number = 1\n\n\n{CODE}")) as running:
        await running.press("Down")
        await running.type("pri")
        first = await asked(upstream)
        await running.press("Down", "Home")
        await running.type("y = are")
        await asyncio.wait_for(first.gone.wait(), PATIENCE_S)
        await running.offers()
        await running.press("Tab")
        await running.until_disk_has(f"number = 1\npri\ny = area(2, 3)\n{CODE}")


async def test_what_kate_would_mutilate_is_not_offered(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    """It takes every text for a snippet, and leaves `${x}` and `$1` out, until that is turned off."""
    upstream.always(knows("print('${x} $1')"))
    async with kate(editors, desk, desk.file("a.py", f"x = 1\n\n{CODE}")) as running:
        await running.press("Down")
        await running.type("prin")
        assert (await desk.wire.answered("textDocument/completion"))["result"]["items"] == []
        await asked(upstream)


async def test_with_its_option_off_kate_takes_a_text_as_it_is(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    line, may_answer = "print('${x} $1')", asyncio.Event()
    upstream.will(knows_late(line, may_answer))
    async with kate(editors, desk, desk.file("a.py", f"x = 1\n\n{CODE}"), AS_TEXT) as running:
        await running.press("Down")
        await running.type("prin")
        await asked(upstream)
        may_answer.set()
        await running.offers()
        await running.press("Tab")
        await running.until_disk_has(f"x = 1\n{line}\n{CODE}")


async def test_a_wish_in_a_comment_is_done_by_a_code_action_and_undone(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says(NEW))
    async with kate(editors, desk, desk.file("a.py", CODE)) as running:
        await running.press("Down", "Down", "End")
        await running.choose_first()
        await desk.wire.answered("workspace/executeCommand")
        await running.until_disk_has(EDITED)
        await running.press("Control+z")
        await running.until_disk_has(CODE)


async def test_an_edit_that_kate_takes_no_more_is_taken_from_its_menu(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    """It makes changes for two seconds from the command on."""
    go_on = asyncio.Event()
    upstream.will(says_slowly(NEW[:40], NEW[40:], go_on=go_on))
    async with kate(editors, desk, desk.file("a.py", CODE)) as running:
        await running.press("Down", "Down")
        await running.choose_first()
        await desk.wire.sent("workspace/executeCommand")
        await running.takes_no_more_edits()
        go_on.set()
        assert "It is written" in (await desk.wire.answered("workspace/executeCommand"))["result"]["problem"]
        await running.choose_first()
        await desk.wire.sent("textDocument/didChange")
        await running.until_disk_has(EDITED)


async def test_a_new_server_is_there_after_one_that_was_killed_and_explains_the_block_at_the_cursor(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    upstream.will(says("It multiplies **two** numbers."))
    async with kate(editors, desk, desk.file("a.py", CODE.replace("# !add types", ""))) as running:
        os.kill(desk.wire.server_pid, signal.SIGKILL)
        await desk.wire.sent("textDocument/didOpen", times=2)
        await running.settled()
        await running.press(*["Down"] * 3)
        await running.choose_first()
        assert "return w * h" in (await asked(upstream)).heard.content.decode()
        said = await desk.wire.answered("workspace/executeCommand")
        assert said["result"]["text"] == "It multiplies **two** numbers."


async def test_a_selection_is_talked_about_and_what_kate_takes_no_more_is_taken_from_its_menu(
    editors: Editors, desk: Desk, upstream: Upstream
) -> None:
    begin, end, again = asyncio.Event(), asyncio.Event(), asyncio.Event()
    upstream.will(says_in_turn((begin, "It multiplies\n"), (end, "two numbers.")))
    upstream.will(says("Areas"), says_in_turn((again, "Of areas.")))
    async with kate(editors, desk, desk.file("a.py", CODE)) as running:
        await running.press("Down", "Down", "Down", "Shift+Down", "Shift+Down")
        await running.choose("Foretype: chat about this")
        uri = (await desk.wire.answered("workspace/executeCommand"))["result"]["uri"]
        await desk.wire.sent("textDocument/didOpen", times=2)
        document = Kate(running.screen, desk, path_of(uri))
        head = document.file.read_text()
        await document.press("Alt+Right", "Control+End")
        await ask(document, desk, "What is it?")
        begin.set()
        await tells(desk, "takes no more of this answer")
        await document.choose("Foretype: take what is written so far")
        await says_to_server(desk, "It multiplies")
        end.set()
        await tells(desk, "The answer is written")
        await document.choose("Foretype: take the answer")
        heading = "\n\n## Foretype · lab:chat\n\n- Sent along: `a.py:4-6` (11 tokens)\n\n"
        first = f"{head}What is it?{heading}It multiplies\ntwo numbers.\n\n## You\n\n"
        await document.until_disk_has(first)
        await ask(document, desk, "Of what?")
        again.set()
        await tells(desk, "The answer is written", times=2)
        await document.choose("Foretype: take the answer")
        await document.until_disk_has(f"{first}Of what?{heading}Of areas.\n\n## You\n\n")
    assert "return w * h" in (await asked(upstream)).heard.content.decode()
    assert len(desk.wire.server_pids) == 1


async def ask(document: Kate, desk: Desk, words: str) -> None:
    """Type and send a question; the time in which Kate makes edits is that of this command, and then over."""
    await document.takes_no_more_edits()
    await document.type(words)
    commands = len(desk.wire.messages("editor", "workspace/executeCommand"))
    await document.choose("Foretype: send")
    await desk.wire.sent("workspace/executeCommand", times=commands + 1)
    await document.takes_no_more_edits()


async def says_to_server(desk: Desk, words: str) -> None:
    """Until Kate has told of a text with these words."""

    def is_it(said: Said) -> bool:
        return said.message.get("method") == "textDocument/didChange" and words in str(said.message)

    await desk.wire.until(is_it, words)


async def tells(desk: Desk, words: str, times: int = 1) -> None:
    """Until the server has told the user so, that often."""

    async def is_told() -> bool:
        told = desk.wire.messages("server", "window/showMessage")
        return len([each for each in told if words in each["params"]["message"]]) >= times

    await until(is_told, words)
