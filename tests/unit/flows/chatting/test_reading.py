"""What chat reads in a message, a stream of tool calls, a document: pure functions, by examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from foretype.backends.delta import ToolCallPart
from foretype.documents.store import Documents
from foretype.flows.chatting import document as chat
from foretype.flows.chatting.calls import Calls
from foretype.flows.chatting.files import Files, NotReadable
from foretype.flows.chatting.images import what_is_wrong
from foretype.flows.chatting.mentions import Mention, mentions_in
from foretype.flows.chatting.messages import alternating, with_few_images
from foretype.flows.chatting.slash import Said, taken_apart
from foretype.flows.chatting.steps import Step
from foretype.flows.chatting.telling import Telling
from foretype.flows.chatting.titles import cleaned
from foretype.flows.chatting.turns import Conversation, Turn, first_words
from foretype.postprocess.safe_markdown import safe_markdown
from foretype.prompt.asked import Message, ToolCall


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("@file src/app.py, and?", [Mention("file", "src/app.py")]),
        ('@file "my notes.txt"?', [Mention("file", "my notes.txt")]),
        ("see @file src/app.py.", [Mention("file", "src/app.py")]),
        ("@file what is it", [Mention("file")]),
        ("@selection and @open and @selection", [Mention("selection"), Mention("open")]),
        ("mail me@file.org or use @property, `@diff`", []),
        ("```\n@diff\n```\n@open", [Mention("open")]),
        ("@terminal\n$ ls\nx", [Mention("terminal", pasted="$ ls\nx")]),
        ("@terminal", [Mention("terminal")]),
    ],
)
def test_what_is_named(text: str, found: list[Mention]) -> None:
    assert list(mentions_in(text)) == found


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("/explain this", Said("explain", "this")),
        ("  /MODEL lab:x", Said("model", "lab:x")),
        ("/clear", Said("clear", "")),
        ("/usr/bin is a folder", Said("", "/usr/bin is a folder")),
        ("/explains", Said("", "/explains")),
        ("what is /fix?", Said("", "what is /fix?")),
    ],
)
def test_a_command_is_a_word_of_ours_at_the_beginning(words: str, said: Said) -> None:
    assert taken_apart(words) == said


def joined(*parts: ToolCallPart) -> tuple[ToolCall, ...]:
    calls = Calls()
    for part in parts:
        calls.feed([part])
    return calls.whole()


def test_calls_are_joined_from_their_parts() -> None:
    assert joined(
        ToolCallPart(0, "a", "read", '{"pa'), ToolCallPart(1, "b", "find"), ToolCallPart(0, "", "", 'th": 1}')
    ) == (ToolCall("a", "read", '{"path": 1}'), ToolCall("b", "find", ""))


def test_whole_calls_without_numbers_are_two() -> None:
    assert joined(ToolCallPart(0, "", "read", "{}"), ToolCallPart(0, "", "read", "{}")) == (
        ToolCall("call_0", "read", "{}"),
        ToolCall("call_1", "read", "{}"),
    )


def test_a_call_that_is_repeated_by_its_id_is_one() -> None:
    parts = (ToolCallPart(0, "a", "read", "{"), ToolCallPart(0, "a", "read", "}"))
    assert joined(*parts) == (ToolCall("a", "read", "{}"),)


def told(*pieces: str) -> list[str]:
    steps: list[Step] = []
    telling = Telling("text", steps.append)
    for piece in pieces:
        telling.feed(piece)
    telling.end()
    return [step.text for step in steps]


def test_words_are_told_at_once_and_anything_else_when_its_line_ends() -> None:
    assert told("It ", "is a ", "`list`", " of\n") == ["It", " is a", " `list` of\n"]
    assert told("See [it](", "http://x", ")\n")[0] == "See"


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize(
    "text",
    [
        "Plain words, and more.\nAgain",
        "See [a](http://x.y/z) now\n\n- b\n",
        "Text\n```py\nx = [1]\n",
        "a@b.cd\nwww.x.y",
    ],
)
def test_what_is_told_in_pieces_is_the_safe_text(text: str, size: int) -> None:
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    assert "".join(told(*pieces)) == safe_markdown(text)


DOCUMENT = (
    "<!-- foretype chat 0123456789ab -->\n\n# Chat\n\n## You\n\nWhy?\n\n## Foretype · m · stopped\n\nBec\n"
)


def test_a_document_is_read_as_it_was_composed() -> None:
    turns = (
        Turn("user", "Why?\n## You\n"),
        Turn("assistant", "Bec\n## Foretype\n", model="m", finish="cancelled"),
    )
    text = chat.new_document(Conversation("0123456789ab", "A [b](c)", turns=turns), "next?")
    read = chat.read(text)
    assert read.id == "0123456789ab"
    assert [section.heading for section in read.sections] == ["## You", "## Foretype · m · stopped", "## You"]
    assert read.last is not None
    assert read.last.text == "next?"
    assert [turn.speaker for turn in read.earlier] == ["user", "assistant"]


def test_actions_are_those_of_the_last_section() -> None:
    def titles(text: str, line: int = 99, is_answering: bool = False) -> list[str]:
        return [offer.action for offer in chat.offered(text, line, is_answering)]

    assert titles(DOCUMENT) == ["go_on", "sent"]
    assert titles(DOCUMENT + "\n## You\n", line=9) == ["sent"]
    assert titles(DOCUMENT + "\n## You\n") == ["go_on"]
    assert titles(DOCUMENT + "\n## You\n\nAnd?") == ["send"]
    assert titles(DOCUMENT + "\n## You\n\nAnd?", line=5) == []
    assert titles(DOCUMENT, is_answering=True) == ["stop"]
    assert titles("") == titles("# no chat") == []


def test_messages_alternate_and_carry_few_images() -> None:
    image = ("data:,x",)
    joined = alternating(
        [Message("user", "a", image), Message("assistant", " "), Message("user", "b", image * 9)]
    )
    assert [(message.role, message.text) for message in joined] == [("user", "a\n\nb")]
    assert len(with_few_images(joined)[0].images) == 4


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("data:image/png;base64,iVBORw0KGgo=", ""),
        ("data:image/png;base64,AAAA", "it is no PNG"),
        ("https://evil.test/a.png", "data: URL"),
        ("data:image/svg+xml;base64,AAAA", "data: URL"),
        ("data:image/png;base64," + "A" * 9_000_000, "larger than 5 MB"),
    ],
)
def test_only_images_that_are_images_are_sent(url: str, problem: str) -> None:
    assert problem in what_is_wrong(url)
    assert bool(problem) == bool(what_is_wrong(url))


def test_titles_are_plain_words_on_one_line() -> None:
    assert cleaned('\n"**Fix** the [x](http://y) bug."\nmore') == "Fix the x(httpy) bug"
    assert first_words("one  two\nthree") == "one two three"
    assert len(first_words("word " * 50)) <= 60


def test_a_file_that_is_ignored_is_read_by_hand_only(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("out/\n*.gen.py\n!kept.gen.py\n")
    for name in ("a.py", "b.gen.py", "kept.gen.py", "out/c.py", "node_modules/d.js"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    files = Files(Documents(), (tmp_path,), tuple)
    for name in ("a.py", "kept.gen.py"):
        assert files.read(name).text == name
    for name in ("b.gen.py", "out/c.py", "node_modules/d.js"):
        assert files.read(name, by_hand=True).text == name
        with pytest.raises(NotReadable):
            files.read(name)
    assert {match.name for match in files.search("Y")} == {"a.py", "kept.gen.py"} | {".gitignore"}
