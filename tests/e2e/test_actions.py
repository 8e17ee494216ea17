"""Code actions through the real server: the menu asks no model, and what is chosen from it is done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

import editor as editors
from contract.upstream import Upstream, serving
from e2e.buffers import Buffer
from e2e.test_chat_context import git
from e2e.test_edit import CODE, EDITED, Slow, at_work, says
from editor import EVERYTHING, Editor, ErrorAnswer, Json

REVIEW = "Foretype: Review this change"
STOP = "Foretype: stop what is being written"
BODY: Json = {"start": {"line": 3, "character": 0}, "end": {"line": 4, "character": 16}}
CURSOR: Json = {"start": {"line": 4, "character": 6}, "end": {"line": 4, "character": 6}}
URI = "file:///a.py"
TYPED = "```python\ndef area(w: int, h: int) -> int:\n    return w * h\n```"
OWN = '[actions.haiku]\ntitle = "As a haiku"\nprompt = "Rewrite the comments as haiku."\n'


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        yield upstream


@pytest.fixture
async def client(tmp_path: Path, upstream: Upstream) -> AsyncIterator[Editor]:
    write_config(tmp_path, upstream)
    async with editors.editor(tmp_path) as client:
        yield client


def write_config(home: Path, upstream: Upstream) -> None:
    config = home / "foretype" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text(
        f'{OWN}[endpoints.lab]\nurl = "{upstream.origin}"\n'
        '[models]\nedit = ["lab:qwen"]\nchat = ["lab:qwen"]\n'
    )


async def menu(client: Editor, span: Json = BODY, uri: str = URI, **context: Json) -> dict[str, Json]:
    params = {
        "textDocument": {"uri": uri},
        "range": span,
        "context": {"diagnostics": [], "triggerKind": 1, **context},
    }
    return {each["title"]: each for each in await client.request("textDocument/codeAction", params)}


async def choose(client: Editor, entry: Json) -> Json:
    command = entry["command"]
    params = {"command": command["command"], "arguments": command["arguments"]}
    return await client.request("workspace/executeCommand", params)


async def test_the_menu_asks_no_model_and_says_why_something_cannot_be_chosen(
    client: Editor, upstream: Upstream
) -> None:
    Buffer(client, URI, CODE)
    found = await menu(client, CURSOR)
    assert len(found) == 13
    assert found["Foretype: Extract a function"]["disabled"] == {"reason": "Select the lines first."}
    assert "command" not in found["Foretype: Extract a function"]
    assert found["Foretype: Fix this problem"]["disabled"] == {"reason": "No problem is reported here."}
    assert found["Foretype: Add types"]["kind"] == "refactor.rewrite.foretype.types"
    assert found["Foretype: As a haiku"]["kind"] == "refactor.rewrite.foretype.haiku"
    assert "disabled" not in found["Foretype: Explain"]
    assert upstream.heard == []


@pytest.mark.parametrize(
    ("only", "titles"),
    [
        (["quickfix"], {"Fix this problem", "Complete the TODO"}),
        (["refactor.extract"], {"Extract a function"}),
        (["source.foretype.explain"], {"Explain"}),
        (["refactor.rewrite.foretype.types"], {"Add types"}),
        (["source.organizeImports"], set()),
    ],
)
async def test_an_editor_can_ask_for_one_kind_of_action(client: Editor, only: Json, titles: set[str]) -> None:
    Buffer(client, URI, CODE)
    assert set(await menu(client, only=only)) == {f"Foretype: {title}" for title in titles}


async def test_an_editor_that_looks_by_itself_hears_only_of_what_is_there(client: Editor) -> None:
    Buffer(client, URI, CODE)
    assert await menu(client, triggerKind=2) == {}
    problem = {"range": BODY, "message": "area has no types", "source": "mypy"}
    assert set(await menu(client, triggerKind=2, diagnostics=[problem])) == {"Foretype: Fix this problem"}


async def test_a_refactoring_is_one_edit(client: Editor, upstream: Upstream) -> None:
    upstream.will(says(TYPED))
    buffer = Buffer(client, URI, CODE)
    assert (await choose(client, (await menu(client))["Foretype: Add types"]))["applied"]
    assert (buffer.text, buffer.undo) == (EDITED, [CODE])


async def test_a_fix_is_told_what_is_reported(client: Editor, upstream: Upstream) -> None:
    upstream.will(says(TYPED))
    Buffer(client, URI, CODE)
    problem = {"range": BODY, "message": "area has no types", "source": "mypy"}
    entry = (await menu(client, CURSOR, diagnostics=[problem]))["Foretype: Fix this problem"]
    assert entry["diagnostics"] == [problem]
    assert (await choose(client, entry))["applied"]
    assert "line 4 (mypy): area has no types" in upstream.heard[0].body["messages"][1]["content"]


@pytest.mark.parametrize("line", [3, 4])
async def test_a_wish_in_a_comment_is_done_and_the_comment_goes(
    client: Editor, upstream: Upstream, line: int
) -> None:
    upstream.will(says(TYPED))
    wished = CODE.replace("def area", "# !add types\ndef area")
    buffer = Buffer(client, URI, wished)
    span = {"start": {"line": line, "character": 0}, "end": {"line": line, "character": 0}}
    entry = (await menu(client, span))["Foretype: add types"]
    assert entry["isPreferred"]
    assert (await choose(client, entry))["applied"]
    assert buffer.text == EDITED
    assert buffer.undo == [wished]
    user = upstream.heard[0].body["messages"][1]["content"]
    assert "!add types" not in user
    assert user.endswith("Request: add types")


async def test_the_last_edit_is_done_again_or_shorter_from_the_menu(
    client: Editor, upstream: Upstream
) -> None:
    upstream.will(says(TYPED), says(TYPED.replace("int", "float")), says("```\narea = mul\n```"))
    buffer = Buffer(client, URI, CODE)
    assert "Foretype: make the last edit shorter" not in await menu(client)
    await choose(client, (await menu(client))["Foretype: Add types"])
    again = "Foretype: do the last edit once more, in another way"
    assert (await choose(client, (await menu(client))[again]))["applied"]
    assert "w: float" in buffer.text
    assert (await choose(client, (await menu(client))["Foretype: make the last edit shorter"]))["applied"]
    assert buffer.text == CODE.replace("def area(w, h):\n    return w * h", "area = mul")
    assert len(upstream.heard[2].body["messages"]) == 4


async def test_what_follows_an_edit_has_a_kind_of_its_own(client: Editor, upstream: Upstream) -> None:
    upstream.will(says(TYPED))
    Buffer(client, URI, CODE)
    await choose(client, (await menu(client))["Foretype: Add types"])
    (shorter,) = await menu(client, only=["refactor.rewrite.foretype.shorter"])
    assert shorter == "Foretype: make the last edit shorter"


async def test_a_cursor_that_is_one_character_wide_stands_for_its_block(
    client: Editor, upstream: Upstream
) -> None:
    """Helix has no narrower selection."""
    upstream.will(says(TYPED))
    buffer = Buffer(client, URI, CODE)
    wide = {"start": CURSOR["start"], "end": {"line": 4, "character": 7}}
    found = await menu(client, wide)
    assert found["Foretype: Extract a function"]["disabled"] == {"reason": "Select the lines first."}
    assert (await choose(client, found["Foretype: Add types"]))["applied"]
    assert buffer.text == EDITED


async def test_what_is_being_written_is_stopped_from_the_menu(client: Editor, upstream: Upstream) -> None:
    model = Slow(TYPED[:30], TYPED[30:])
    upstream.will(model)
    buffer = Buffer(client, URI, CODE)
    entry = (await menu(client))["Foretype: Add types"]
    assert STOP not in await menu(client)
    asked = client.post("workspace/executeCommand", entry["command"])
    await upstream.heard_requests(1)
    assert "disabled" not in (await menu(client, triggerKind=2))[STOP]
    await choose(client, (await menu(client))[STOP])
    assert "cancelled" in (await client.result(asked))["problem"]
    await asyncio.wait_for(upstream.visits[0].gone.wait(), editors.PATIENCE_S)
    assert (buffer.text, buffer.asked) == (CODE, [])
    assert STOP not in await menu(client)


@pytest.fixture
def committed(tmp_path: Path) -> Path:
    """A file that is committed, in a repository whose own settings name programs."""
    project = tmp_path / "project"
    project.mkdir()
    file = project / "a.py"
    file.write_text(CODE)
    git(project, "init", "-q")
    (project / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "one")
    for name in ("filter.evil.smudge", "diff.evil.textconv", "core.fsmonitor"):
        git(project, "config", name, f"touch {project / 'evil'}; cat")
    return file


async def test_a_review_is_of_the_change_since_the_last_commit_saved_or_not(
    client: Editor, upstream: Upstream, committed: Path
) -> None:
    upstream.will(says("Fine."))
    buffer = Buffer(client, committed.as_uri(), CODE)
    entry = (await menu(client, CURSOR, buffer.uri))[REVIEW]
    assert "Nothing has changed here since the last commit" in entry["disabled"]["reason"]
    buffer.type(4, 11, "2 * ")
    await choose(client, (await menu(client, CURSOR, buffer.uri))[REVIEW])
    shown = upstream.heard[0].body["messages"][1]["content"]
    assert "-    return w * h\n+    return 2 * w * h\n" in shown
    assert not (committed.parent / "evil").exists()


async def test_a_review_is_of_the_selection_where_there_is_one(
    client: Editor, upstream: Upstream, committed: Path
) -> None:
    upstream.will(says("Fine."))
    buffer = Buffer(client, committed.as_uri(), CODE)
    await choose(client, (await menu(client, BODY, buffer.uri))[REVIEW])
    shown = upstream.heard[0].body["messages"][1]["content"]
    assert "[[PART BEGINS]]\ndef area(w, h):\n    return w * h\n[[PART ENDS]]" in shown


async def test_what_a_clone_left_on_its_server_is_not_fetched(client: Editor, committed: Path) -> None:
    """A repository of somebody else's could name a program as its server."""
    project, evil = committed.parent, committed.parent / "evil"
    for object in (project / ".git" / "objects").glob("??/*"):
        object.unlink()
    settings = {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.promisor": "true",
        "remote.origin.url": f"ext::touch {evil}",
        "protocol.ext.allow": "always",
    }
    for name, value in settings.items():
        git(project, "config", name, value)
    Buffer(client, committed.as_uri(), CODE)
    assert (
        "git has no earlier version"
        in (await menu(client, CURSOR, committed.as_uri()))[REVIEW]["disabled"]["reason"]
    )
    assert not evil.exists()


async def test_what_git_does_not_know_has_no_change(client: Editor, tmp_path: Path, committed: Path) -> None:
    for file in (tmp_path / "a.py", committed.parent / "new.py", committed.parent / "nowhere" / "a.py"):
        Buffer(client, file.as_uri(), CODE)
        reason = (await menu(client, CURSOR, file.as_uri()))[REVIEW]["disabled"]["reason"]
        assert reason.endswith("select what is to be reviewed."), file


async def test_a_todo_is_completed(client: Editor, upstream: Upstream) -> None:
    upstream.will(says("```python\ndef f(x):\n    return abs(x)\n```"))
    buffer = Buffer(client, URI, "def f(x):\n    # TODO: the absolute value\n    pass\n")
    span = {"start": {"line": 1, "character": 8}, "end": {"line": 1, "character": 8}}
    assert (await choose(client, (await menu(client, span))["Foretype: Complete the TODO"]))["applied"]
    assert buffer.text == "def f(x):\n    return abs(x)\n"
    assert "The TODO: the absolute value" in upstream.heard[0].body["messages"][1]["content"]


async def test_an_explanation_is_opened_as_markdown_that_fetches_nothing(
    client: Editor, upstream: Upstream
) -> None:
    upstream.will(says("<think>hm</think>", "It multiplies.\n\n![x](https://evil.test/?w)"))
    Buffer(client, URI, CODE)
    shown = await choose(client, (await menu(client))["Foretype: Explain"])
    opened = await client.notified("window/showDocument")
    assert opened == {"uri": shown["uri"], "external": False, "takeFocus": True}
    written = Path(unquote(urlparse(shown["uri"]).path))
    assert written.read_text() == "# Explain\n\nIt multiplies.\n\n![x\\]\\(`https://evil.test/?w`)\n"
    assert written.stat().st_mode & 0o077 == 0


async def test_an_explanation_of_a_sentence_is_said_and_hovered_over(
    client: Editor, upstream: Upstream
) -> None:
    upstream.will(says("It multiplies."))
    buffer = Buffer(client, URI, CODE)
    assert await hover(client, 4) is None
    await choose(client, (await menu(client))["Foretype: Explain"])
    assert "It multiplies." in (await client.notified("window/showMessage"))["message"]
    assert client.all("window/showDocument") == []
    buffer.type(0, 0, "import sys\n")
    assert await hover(client, 5) == {"contents": {"kind": "plaintext", "value": "It multiplies."}}
    assert await hover(client, 3) is None
    buffer.type(5, 11, "2 * ")
    assert await hover(client, 5) is None


async def hover(client: Editor, line: int) -> Json:
    params = {"textDocument": {"uri": URI}, "position": {"line": line, "character": 6}}
    return await client.request("textDocument/hover", params)


async def test_where_no_document_can_be_shown_it_is_said(tmp_path: Path, upstream: Upstream) -> None:
    upstream.will(says("It multiplies."))
    write_config(tmp_path, upstream)
    async with editors.editor(tmp_path, initialized=False) as client:
        await client.initialize(capabilities={**EVERYTHING, "window": {}})
        Buffer(client, URI, CODE)
        params = {"command": "foretype.explain", "arguments": [{"uri": URI, "range": BODY}]}
        assert (await client.request("workspace/executeCommand", params))["text"] == "It multiplies."
        assert "It multiplies." in (await client.notified("window/showMessage"))["message"]


async def test_in_a_secret_file_nothing_can_be_chosen(client: Editor) -> None:
    client.open("file:///.env", "KEY=1\n")
    params = {"textDocument": {"uri": "file:///.env"}, "range": CURSOR, "context": {"diagnostics": []}}
    found = await client.request("textDocument/codeAction", params)
    assert {each["disabled"]["reason"] for each in found} == {
        "This file may hold secrets, so no model is shown it."
    }


async def test_a_client_that_knows_only_commands_gets_commands(tmp_path: Path, upstream: Upstream) -> None:
    able = {**EVERYTHING, "textDocument": {}}
    async with at_work(tmp_path, upstream, capabilities=able) as client:
        Buffer(client, URI, CODE)
        found = await menu(client)
        assert {each["command"] for each in found.values()} == {"foretype.action", "foretype.chat"}
        assert "Foretype: Fix this problem" not in found


async def test_an_unknown_action_is_refused(client: Editor) -> None:
    Buffer(client, URI, CODE)
    argument = {"name": "format_disk", "uri": URI, "range": BODY}
    with pytest.raises(ErrorAnswer) as refused:
        await client.request(
            "workspace/executeCommand", {"command": "foretype.action", "arguments": [argument]}
        )
    assert refused.value.code == -32602


async def test_what_an_editor_did_not_take_in_time_is_an_action_that_has_the_change_in_it(
    client: Editor, upstream: Upstream
) -> None:
    """Kate makes changes for two seconds from the command on, and says no afterwards."""
    upstream.will(says(TYPED))
    buffer = Buffer(client, URI, CODE)
    client.answers["workspace/applyEdit"] = lambda params: {"applied": False}
    answer = await choose(client, (await menu(client))["Foretype: Add types"])
    assert (answer["applied"], "It is written: open the actions" in answer["problem"]) == (False, True)
    buffer.type(0, 0, "import re\n")
    elsewhere, here = ({"start": place, "end": place} for place in places(0, 4))
    assert take_of(await menu(client, elsewhere)) is None
    entry = take_of(await menu(client, here))
    assert entry["kind"] == "quickfix.foretype.ready"
    buffer._apply({"edit": entry["edit"]})
    assert buffer.text == "import re\n" + EDITED
    assert take_of(await menu(client, here)) is None


def places(*lines: int) -> list[Json]:
    return [{"line": line, "character": 0} for line in lines]


def take_of(menu: dict[str, Json]) -> Json:
    return next((entry for title, entry in menu.items() if "take what is written" in title), None)


async def test_the_word_at_the_cursor_is_no_selection_where_an_editor_sends_it_for_none(
    client: Editor,
) -> None:
    Buffer(client, URI, CODE)
    word, part = (
        {"start": {"line": 3, "character": 4}, "end": {"line": 3, "character": at}} for at in (8, 7)
    )
    extract = "Foretype: Extract a function"
    assert "disabled" in (await menu(client, word, triggerKind=None))[extract]
    assert "disabled" not in (await menu(client, part, triggerKind=None))[extract]
    assert "disabled" not in (await menu(client, word))[extract]
