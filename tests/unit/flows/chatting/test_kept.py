"""An answer that waits to be taken, as a change of whatever its document says by then."""

from __future__ import annotations

import pytest

from foretype.documents.change import Change, Position, apply_changes
from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.flows.chatting.kept import Kept

ABOVE = "## You\n\nCount\n\n"
ANSWERING = f"{ABOVE}## Foretype · answering\n\n"
ANSWER = f"{ABOVE}## Foretype · lab:talker\n\none\ntwo"
KEPT = Kept("## Foretype · lab:talker", ("one", "two"), (("…",), ("one",), ("one", "t")))


def opened(text: str) -> Document:
    return Documents().open("file:///chat.md", "markdown", 1, text)


def taken(text: str) -> str:
    document = opened(text)
    changes = [
        Change(
            each.text, Position(each.start.line, each.start.column), Position(each.end.line, each.end.column)
        )
        for each in KEPT.replacements(document)
    ]
    return str(apply_changes(document, changes).document.text)


@pytest.mark.parametrize("said", ["…", "…\n", "one\n\n\n", "one\nt"])
def test_whatever_of_it_was_taken_it_is_whole_then_and_there_is_room_for_a_question(said: str) -> None:
    assert taken(f"{ANSWERING}{said}") == f"{ANSWER}\n\n## You\n\n"


def test_what_stands_below_stays() -> None:
    assert taken(f"{ANSWERING}one\n\n## You\n\nAnd?") == f"{ANSWER}\n\n## You\n\nAnd?"


def test_lines_end_as_those_of_the_document() -> None:
    text = f"{ANSWERING}…\n".replace("\n", "\r\n")
    (replacement,) = KEPT.replacements(opened(text))
    assert replacement.text == "## Foretype · lab:talker\r\n\r\none\r\ntwo\r\n\r\n## You\r\n\r\n"


@pytest.mark.parametrize("text", ["", ABOVE, ANSWER, f"{ANSWERING}ONE\n", ANSWERING])
def test_there_is_no_place_for_it_where_it_stands_already_or_the_text_is_another(text: str) -> None:
    assert KEPT.replacements(opened(text)) == ()
