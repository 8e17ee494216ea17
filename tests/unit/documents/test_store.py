"""The store under the messages that editors send, right ones and wrong ones."""

from __future__ import annotations

import dataclasses
import logging
from pathlib import Path

import pytest

from foretype.documents.change import Change, Position
from foretype.documents.document import LARGE_TEXT_CHARS, LONG_LINE_CHARS, Document
from foretype.documents.encoding import Encoding
from foretype.documents.store import Documents, Event, Kind
from foretype.documents.text import Place, Splice

URI = "file:///project/a.py"


def edit(text: str, start: tuple[int, int], end: tuple[int, int] | None = None) -> Change:
    return Change(text, Position(*start), Position(*(end or start)))


def opened(string: str, encoding: Encoding = Encoding.UTF_16) -> Documents:
    documents = Documents(encoding)
    documents.open(URI, "python", 1, string)
    return documents


def document_in(documents: Documents) -> Document:
    document = documents.get(URI)
    assert document is not None
    return document


def text_in(documents: Documents) -> str:
    return str(document_in(documents).text)


def test_an_open_document_is_the_one_the_editor_sent() -> None:
    document = document_in(opened("print()\n"))
    assert (document.uri, document.language_id, document.version) == (URI, "python", 1)
    assert str(document.text) == "print()\n"
    assert not document.in_doubt


def test_equal_uris_are_one_document() -> None:
    documents = Documents()
    documents.open("file:///C%3A/a.py", "python", 1, "x")
    documents.change("file:///c:/a.py", 2, [edit("y", (0, 1))])
    document = documents.get("file://localhost/C:/a.py")
    assert document is not None
    assert str(document.text) == "xy"
    assert document.uri == "file:///C%3A/a.py"
    assert len(documents) == 1


def test_nothing_is_read_from_disk(tmp_path: Path) -> None:
    file = tmp_path / "on_disk.py"
    file.write_text("secret")
    documents = Documents()
    assert documents.get(file.as_uri()) is None
    assert documents.change(file.as_uri(), 1, [edit("x", (0, 0))]) is None


def test_changes_in_one_message_each_apply_to_what_the_one_before_left() -> None:
    documents = opened("abc\n")
    documents.change(
        URI, 2, [edit("\n", (0, 1)), edit("X", (1, 0), (1, 1)), Change("new"), edit("er", (0, 3))]
    )
    assert text_in(documents) == "newer"


def test_a_second_open_replaces_whatever_its_version() -> None:
    documents = opened("old")
    documents.doubt(URI)
    documents.open(URI, "text", 1, "new")
    assert text_in(documents) == "new"
    assert document_in(documents).language_id == "text"
    assert not document_in(documents).in_doubt


@pytest.mark.parametrize("character", [1, 2, 3])
def test_an_edit_inside_a_surrogate_pair_or_past_a_line_stays_in_its_place(character: int) -> None:
    documents = opened("a😀\r\nb")
    documents.change(URI, 2, [edit("X", (0, character))])
    assert text_in(documents) == {1: "aX😀\r\nb", 2: "aX😀\r\nb", 3: "a😀X\r\nb"}[character]


def test_an_edit_past_the_end_of_the_text_goes_to_its_end() -> None:
    documents = opened("a\n")
    documents.change(URI, 2, [edit("b", (9, 4))])
    assert text_in(documents) == "a\nb"


@pytest.mark.parametrize(("known", "new"), [(3, 3), (3, 2), (0, 0), (1, -1)])
def test_a_version_that_does_not_advance_is_ignored_logged_and_leaves_a_doubt(
    known: int, new: int, caplog: pytest.LogCaptureFixture
) -> None:
    documents = Documents()
    documents.open(URI, "python", known, "a")
    documents.change(URI, new, [edit("b", (0, 0))])
    assert (text_in(documents), document_in(documents).version) == ("a", known)
    assert document_in(documents).in_doubt
    assert f"version {new} after {known}" in caplog.text


@pytest.mark.parametrize(("known", "new"), [(0, 5), (None, 1), (7, None), (None, None)])
def test_a_version_may_jump_or_be_missing(known: int | None, new: int | None) -> None:
    documents = Documents()
    documents.open(URI, "python", known, "a")
    documents.change(URI, new, [edit("b", (0, 1))])
    assert (text_in(documents), document_in(documents).version) == ("ab", new)
    assert not document_in(documents).in_doubt


def test_a_reversed_range_is_swapped_and_leaves_a_doubt() -> None:
    documents = opened("abc\ndef")
    documents.change(URI, 2, [edit("X", (1, 1), (0, 1))])
    assert text_in(documents) == "aXef"
    assert document_in(documents).in_doubt


@pytest.mark.parametrize(
    "malformed",
    [
        edit("X", (-1, 0)),
        edit("X", (0, 0), (0, -1)),
        Change("X", Position(0, 0), None),
        Change("X", None, Position(0, 0)),
    ],
)
def test_a_malformed_change_is_skipped_and_leaves_a_doubt(malformed: Change) -> None:
    documents = opened("abc")
    documents.change(URI, 2, [malformed, edit("!", (0, 3))])
    assert text_in(documents) == "abc!"
    assert document_in(documents).in_doubt


def test_a_doubt_stays_through_edits_and_ends_with_the_whole_text() -> None:
    documents = opened("abc")
    documents.doubt(URI)
    documents.change(URI, 2, [edit("X", (0, 0))])
    assert document_in(documents).in_doubt
    documents.change(URI, 3, [Change("whole")])
    assert not document_in(documents).in_doubt
    documents.change(URI, 4, [Change("whole again"), edit("X", (0, 1), (0, 0))])
    assert document_in(documents).in_doubt


def test_messages_about_a_document_that_is_not_open_are_ignored_and_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)
    documents = opened("a")
    documents.close(URI)
    documents.close(URI)
    documents.change(URI, 2, [edit("b", (0, 0))])
    assert documents.doubt(URI) is None
    assert documents.get(URI) is None
    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]


@pytest.mark.parametrize("half", [chr(0xD83D), chr(0xDE00)])
def test_half_a_surrogate_pair_becomes_a_replacement_character(half: str) -> None:
    documents = opened(f"a{half}b")
    assert text_in(documents) == "a\ufffdb"
    documents.change(URI, 2, [edit(half, (0, 3)), edit("c", (0, 4))])
    assert text_in(documents) == "a\ufffdb\ufffdc"
    documents.change(URI, 3, [Change(half)])
    assert text_in(documents).encode("utf-8") == b"\xef\xbf\xbd"


def test_open_documents_come_in_the_order_of_their_last_edit() -> None:
    documents = Documents()
    for name in ("a", "b", "c"):
        documents.open(f"file:///{name}", "text", 1, "")
    documents.change("file:///a", 2, [edit("x", (0, 0))])
    documents.close("file:///b")
    in_order = []
    for document in documents:
        in_order.append(document.uri)
        documents.close(document.uri)
    assert in_order == ["file:///a", "file:///c"]


def test_a_snapshot_is_frozen_and_outlives_edits_and_the_close() -> None:
    documents = opened("abc\n")
    snapshot = document_in(documents)
    documents.change(URI, 2, [Change("other")])
    documents.close(URI)
    assert str(snapshot.text) == "abc\n"
    with pytest.raises(dataclasses.FrozenInstanceError):
        snapshot.version = 3  # type: ignore[misc]  # the assignment that must fail


def test_an_observer_hears_what_happened_until_it_leaves() -> None:
    documents = Documents()
    events: list[Event] = []
    leave = documents.observe(events.append)
    documents.open(URI, "python", 1, "a\nb\n")
    documents.change(URI, 2, [edit("X", (0, 0)), edit("", (0, 1), (1, 0))])
    documents.change(URI, 3, [edit("Y", (0, 0)), Change("whole"), edit("Z", (0, 0))])
    documents.close(URI)
    leave()
    documents.open(URI, "python", 1, "")
    assert [event.kind for event in events] == [Kind.OPENED, Kind.EDITED, Kind.REPLACED, Kind.CLOSED]
    assert events[1].splices == (Splice(0, 1, ("Xa\n",)), Splice(0, 2, ("Xb\n",)))
    assert [event.splices for event in events if event.kind is not Kind.EDITED] == [(), (), ()]
    assert [str(event.document.text) for event in events] == ["a\nb\n", "Xb\n", "Zwhole", "Zwhole"]


def test_an_observer_that_fails_costs_nobody_an_edit(caplog: pytest.LogCaptureFixture) -> None:
    def fail(event: Event) -> None:
        raise RuntimeError("broken observer")

    documents = Documents()
    events: list[Event] = []
    documents.observe(fail)
    documents.observe(events.append)
    documents.open(URI, "python", 1, "a")
    assert text_in(documents) == "a"
    assert len(events) == 1
    assert "broken observer" in caplog.text


@pytest.mark.parametrize(
    ("string", "eol"),
    [
        ("", "\n"),
        ("one line", "\n"),
        ("a\r\nb", "\r\n"),
        ("a\rb\rc\n", "\r"),
        ("a\r\nb\nc\n", "\n"),
        ("a\r\nb\n", "\r\n"),
    ],
)
def test_a_document_has_the_line_end_that_most_of_its_lines_have(string: str, eol: str) -> None:
    assert document_in(opened(string)).eol == eol


@pytest.mark.parametrize(
    ("encoding", "character"), [(Encoding.UTF_8, 6), (Encoding.UTF_16, 3), (Encoding.UTF_32, 2)]
)
def test_a_cursor_divides_the_text(encoding: Encoding, character: int) -> None:
    document = document_in(opened("x\r\né😀z\nend", encoding))
    cursor = document.place(1, character)
    assert cursor == Place(1, 2)
    assert document.character(cursor) == character
    assert document.before(cursor) == "x\r\né😀"
    assert document.after(cursor) == "z\nend"


@pytest.mark.parametrize(
    ("position", "place"),
    [((0, 9), (0, 1)), ((9, 0), (1, 2)), ((-1, 3), (0, 0)), ((1, -3), (1, 0)), ((2**31, 2**31), (1, 2))],
)
def test_a_position_outside_the_text_is_clamped(position: tuple[int, int], place: tuple[int, int]) -> None:
    assert document_in(opened("a\r\nbc")).place(*position) == Place(*place)


@pytest.mark.parametrize(
    ("string", "is_large"),
    [
        ("short\n" * 1000, False),
        ("x" * LONG_LINE_CHARS, False),
        ("x" * (LONG_LINE_CHARS + 1), True),
        (("x" * 999_999 + "\n") * (LARGE_TEXT_CHARS // 1_000_000), False),
        (("x" * 999_999 + "\n") * (LARGE_TEXT_CHARS // 1_000_000) + "x", True),
    ],
    ids=["ordinary", "long line", "too long line", "long text", "too long text"],
)
def test_a_document_says_when_it_is_too_large_to_work_on(string: str, is_large: bool) -> None:
    assert document_in(opened(string)).is_large is is_large
