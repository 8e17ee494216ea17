"""Chat in an editor that takes changes just after a command only, as Kate does: what it refuses is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from contract.upstream import Script, Upstream, Visit, serving
from e2e.chatting import CHAT, at_work, command, says
from e2e.test_chat_document import Buffer, path_of
from editor import Editor, Json

SO_FAR, WHOLE = "Foretype: take what is written so far", "Foretype: take the answer"
ANSWERED = "Count\n\n## Foretype · lab:talker\n\none\ntwo\n\n## You\n\n"


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(says("A title"))
        yield upstream


class Reluctant(Buffer):
    """It makes as many changes as it has been told to, and says no to every other."""

    takes = 0
    refusals = 0

    def apply(self, params: Json) -> Json:
        if self.takes == 0:
            self.refusals += 1
            return {"applied": False}
        self.takes -= 1
        return super().apply(params)

    async def send(self, takes: int) -> None:
        """Choose what sends the question, and make this many changes from then on."""
        (action,) = [each for each in await self.actions() if each["title"] == "Foretype: send"]
        self.takes = takes
        await self.client.request("workspace/executeCommand", action["command"])

    async def titles(self) -> list[str]:
        return [each["title"] for each in await self.actions()]

    async def take(self, title: str) -> None:
        """Make the change that the first action holds, once it is this one."""

        async def is_first() -> bool:
            return (await self.titles())[:1] == [title]

        await self.client.eventually(is_first, f"{title} for {self.text!r}")
        self.takes += 1
        assert super().apply({"edit": (await self.actions())[0]["edit"]}) == {"applied": True}
        self.takes -= 1

    async def told(self, words: str) -> None:
        await self.client.until(lambda m: m.get("method") == "window/showMessage" and words in str(m), words)


async def opened(client: Editor, text: str) -> Reluctant:
    at = await command(client, "chat", text=text)
    return Reluctant(client, at["uri"], path_of(at["uri"]).read_text())


@asynccontextmanager
async def chat(home: Path, upstream: Upstream, text: str = "Count") -> AsyncIterator[Reluctant]:
    async with at_work(home, upstream) as client:
        yield await opened(client, text)


def says_in_time(first: str, rest: str, may_go_on: asyncio.Event, *, ends: bool = True) -> Script:
    async def script(visit: Visit) -> None:
        await visit.head(content_type=CHAT.content_type)
        await visit.say(CHAT.text(first))
        await may_go_on.wait()
        await visit.say(CHAT.text(rest))
        if ends:
            await visit.say(CHAT.end())
            await visit.end()
        else:
            await visit.until_gone()

    return script


async def test_what_there_is_and_then_all_of_it_is_an_action_that_holds_it(
    tmp_path: Path, upstream: Upstream
) -> None:
    may_go_on = asyncio.Event()
    upstream.will(says_in_time("one\n", "two\n", may_go_on))
    async with chat(tmp_path, upstream) as buffer:
        await buffer.send(takes=1)
        await buffer.told("takes no more of this answer")
        refusals = buffer.refusals
        await buffer.take(SO_FAR)
        assert buffer.text.endswith("Count\n\n## Foretype · answering\n\none\n")
        assert await buffer.titles() == ["Foretype: stop"]
        may_go_on.set()
        await buffer.told("The answer is written")
        assert buffer.refusals == refusals + 1
        assert await buffer.titles() == [WHOLE, "Foretype: show what was sent"]
        await buffer.take(WHOLE)
        assert buffer.text.endswith(ANSWERED)
        assert await buffer.titles() == []
        await upstream.heard_requests(2)
        upstream.will(says("three\n"))
        buffer.type("And?")
        await buffer.send(takes=99)
        await buffer.shows(f"{ANSWERED}And?\n\n## Foretype · lab:talker\n\nthree\n\n## You\n")
    said = [message["content"] for message in upstream.heard[-1].body["messages"]]
    assert said[1:] == ["Count", "one\ntwo\n", "And?"]


async def test_what_was_taken_can_be_undone_and_taken_again(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("one\n", "two\n"))
    async with chat(tmp_path, upstream) as buffer:
        await buffer.send(takes=1)
        await buffer.told("The answer is written")
        before = buffer.text
        await buffer.take(WHOLE)
        buffer.text = before
        buffer.tell()
        await buffer.take(WHOLE)
        assert buffer.text.endswith(ANSWERED)


async def test_what_waits_is_written_first_when_the_next_question_is_sent(
    tmp_path: Path, upstream: Upstream
) -> None:
    upstream.will(says("one\n", "two\n"))
    async with chat(tmp_path, upstream) as buffer:
        await buffer.send(takes=1)
        await buffer.told("The answer is written")
        await upstream.heard_requests(2)
        upstream.will(says("three\n"))
        buffer.type("\n## You\n\nAnd?")
        assert await buffer.titles() == [WHOLE, "Foretype: send"]
        await buffer.send(takes=99)
        await buffer.shows(f"{ANSWERED}And?\n\n## Foretype · lab:talker\n\nthree\n\n## You\n")
        assert buffer.text.count("two") == 1


async def test_nothing_is_asked_while_what_waits_is_refused(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("one\n", "two\n"))
    async with chat(tmp_path, upstream) as buffer:
        await buffer.send(takes=1)
        await buffer.told("The answer is written")
        await upstream.heard_requests(2)
        buffer.type("\n## You\n\nAnd?")
        await buffer.send(takes=0)
        await buffer.told("so nothing was asked")
        await buffer.take(WHOLE)
        assert buffer.text.endswith(f"{ANSWERED}And?")
        assert await buffer.titles() == ["Foretype: send"]
    assert len(upstream.heard) == 2


async def test_a_document_that_was_closed_meanwhile_has_its_answer_once_it_is_open_again(
    tmp_path: Path, upstream: Upstream
) -> None:
    may_go_on = asyncio.Event()
    upstream.will(says_in_time("one\n", "two\n", may_go_on, ends=False))
    async with chat(tmp_path, upstream) as buffer:
        await buffer.send(takes=1)
        await buffer.told("takes no more of this answer")
        buffer.client.notify("textDocument/didClose", {"textDocument": {"uri": buffer.uri}})
        may_go_on.set()
        await buffer.told("is not in the document any more")
        await upstream.all_closed()
        again = Reluctant(buffer.client, buffer.uri, buffer.text)
        await again.take(WHOLE)
        assert again.text.endswith(ANSWERED.replace("talker", "talker · stopped"))


async def test_two_documents_have_an_answer_each(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("one\n", "two\n"))
    async with at_work(tmp_path, upstream) as client:
        first, second = await opened(client, "Count"), await opened(client, "Go on counting")
        both = {each.uri: each for each in (first, second)}

        def apply(params: Json) -> Json:
            (change,) = params["edit"]["documentChanges"]
            return both[change["textDocument"]["uri"]].apply(params)

        client.answers["workspace/applyEdit"] = apply
        await first.send(takes=1)
        await first.told("The answer is written")
        await upstream.heard_requests(2)
        upstream.will(says("three\n"))
        await second.send(takes=1)

        async def is_kept() -> bool:
            return (await second.titles())[:1] == [WHOLE]

        await client.eventually(is_kept, "the second answer")
        await first.take(WHOLE)
        await second.take(WHOLE)
        assert first.text.endswith(ANSWERED)
        assert second.text.endswith("Go on counting\n\n## Foretype · lab:talker\n\nthree\n\n## You\n\n")
