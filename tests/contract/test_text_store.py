"""The store against a naive reference, step by step.

The reference keeps the text as the editor counts it, a list of code units, and finds lines and
characters by looking at single units. It shares no code with the store.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from foretype.documents import text as text_module
from foretype.documents.change import Change, Position
from foretype.documents.encoding import Encoding
from foretype.documents.store import Documents, Event, Kind
from foretype.documents.text import Place

if TYPE_CHECKING:
    from foretype.documents.document import Document

URI = "untitled:Untitled-1"
CR, LF = 13, 10
EXAMPLES, STEPS_OF_EXAMPLE = 225, 50
LEAST_STEPS = 7_000

LONE_SURROGATE = chr(0xD83D)
PIECES = [
    *("a", "b", "\r", "\n", "\r\n", "\n\r", "\f", "\v", "\x1c", "\x85", "\u2028", "\u2029"),
    *("é", "漢", "😀", "\u200d", "👩\u200d🚀", LONE_SURROGATE),
]
STRINGS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
PAGES = st.lists(st.sampled_from(PIECES), min_size=20, max_size=60).map("".join)
LINES = st.integers(0, 60)
CHARACTERS = st.integers(0, 9)


def units_of(string: str, encoding: Encoding) -> list[int]:
    string = "".join("\ufffd" if 0xD800 <= ord(c) < 0xE000 else c for c in string)
    if encoding is Encoding.UTF_8:
        return list(string.encode())
    if encoding is Encoding.UTF_32:
        return [ord(c) for c in string]
    pairs = string.encode("utf-16-be")
    return [pairs[i] * 256 + pairs[i + 1] for i in range(0, len(pairs), 2)]


def string_of(units: Sequence[int], encoding: Encoding) -> str:
    if encoding is Encoding.UTF_8:
        return bytes(units).decode()
    if encoding is Encoding.UTF_32:
        return "".join(map(chr, units))
    return b"".join(unit.to_bytes(2, "big") for unit in units).decode("utf-16-be")


@dataclass
class Reference:
    """A text as one list of code units."""

    encoding: Encoding
    units: list[int] = field(default_factory=list)

    def string(self) -> str:
        return string_of(self.units, self.encoding)

    def line_starts(self) -> list[int]:
        """The index of the first unit of every line."""
        starts = [0]
        for index, unit in enumerate(self.units):
            following = self.units[index + 1 : index + 2]
            if unit == LF or (unit == CR and following != [LF]):
                starts.append(index + 1)
        return starts

    def lines(self) -> list[str]:
        starts = [*self.line_starts(), len(self.units)]
        pieces = (self.units[a:b] for a, b in zip(starts, starts[1:], strict=False))  # noqa: RUF007  # naive
        return [string_of(piece, self.encoding) for piece in pieces]

    def index(self, line: int, character: int) -> int:
        """The index of the unit that a position means."""
        starts = self.line_starts()
        if line >= len(starts):
            return len(self.units)
        index = starts[line]
        while character > 0 and index < len(self.units) and self.units[index] not in (CR, LF):
            index, character = index + 1, character - 1
        while index > starts[line] and index < len(self.units) and self.is_inside(self.units[index]):
            index -= 1
        return index

    def is_inside(self, unit: int) -> bool:
        """Whether a unit continues a character."""
        if self.encoding is Encoding.UTF_8:
            return 0x80 <= unit < 0xC0
        return self.encoding is Encoding.UTF_16 and 0xDC00 <= unit < 0xE000

    def replace(self, start: tuple[int, int], end: tuple[int, int], new: str) -> None:
        if start > end:
            start, end = end, start
        self.units[self.index(*start) : self.index(*end)] = units_of(new, self.encoding)


@dataclass
class Count:
    """How many steps were really taken, over all examples."""

    steps: int = 0


class Session(RuleBasedStateMachine):
    """An editor at work on one document."""

    def __init__(self, encoding: Encoding, count: Count) -> None:
        super().__init__()
        self.count = count
        self.encoding = encoding
        self.documents = Documents(encoding)
        self.documents.observe(self.replay)
        self.reference = Reference(encoding)
        self.replayed: list[str] = []
        self.snapshots: deque[tuple[Document, str]] = deque(maxlen=10)
        self.version = 0
        self.in_doubt = False

    def replay(self, event: Event) -> None:
        """Follow the text by the splices alone, as a learner of lines would."""
        if event.kind is not Kind.EDITED:
            self.replayed = list(event.document.text.lines(0, event.document.text.line_count))
        for splice in event.splices:
            last = splice.first_line + splice.removed_lines
            self.replayed[splice.first_line : last] = splice.inserted

    def document(self) -> Document:
        document = self.documents.get(URI)
        assert document is not None
        return document

    def send(self, *changes: Change) -> None:
        self.count.steps += 1
        self.version += 1
        self.documents.change(URI, self.version, changes)

    def edit(self, start: Position, end: Position, new: str) -> Change:
        """Tell the reference of an edit, and make the change that says the same to the store."""
        self.in_doubt = self.in_doubt or start > end
        self.reference.replace(start, end, new)
        return Change(new, start, end)

    def line_near(self, number: int) -> int:
        return number % (len(self.reference.line_starts()) + 2)

    @initialize(string=PAGES)
    def open(self, string: str) -> None:
        self.reference.units = units_of(string, self.encoding)
        self.version, self.in_doubt = 1, False
        self.documents.open(URI, "text", self.version, string)

    @rule(line=LINES, character=CHARACTERS, new=STRINGS)
    def insert(self, line: int, character: int, new: str) -> None:
        at = Position(self.line_near(line), character)
        self.send(self.edit(at, at, new))

    @rule(line=LINES, character=CHARACTERS, lines=st.integers(0, 2), characters=CHARACTERS, new=STRINGS)
    def replace(self, line: int, character: int, lines: int, characters: int, new: str) -> None:
        """A range as an editor sends it; on a single line its end may still come first."""
        start = Position(self.line_near(line), character)
        self.send(self.edit(start, Position(start.line + lines, characters), new))

    @rule(one=st.tuples(LINES, CHARACTERS), other=st.tuples(LINES, CHARACTERS), new=STRINGS | PAGES)
    def replace_anywhere(self, one: tuple[int, int], other: tuple[int, int], new: str) -> None:
        start, end = (Position(self.line_near(line), character) for line, character in (one, other))
        self.send(self.edit(start, end, new))

    @rule(edits=st.lists(st.tuples(LINES, CHARACTERS, STRINGS), min_size=2, max_size=3))
    def edit_several_times_at_once(self, edits: list[tuple[int, int, str]]) -> None:
        changes = []
        for line, character, new in edits:
            at = Position(self.line_near(line), character)
            changes.append(self.edit(at, Position(at.line, character + 1), new))
        self.send(*changes)

    @rule(string=STRINGS | PAGES)
    def send_whole_text(self, string: str) -> None:
        self.reference.units = units_of(string, self.encoding)
        self.in_doubt = False
        self.send(Change(string))

    @rule(line=st.integers(-2, -1), new=STRINGS)
    def send_a_negative_position(self, line: int, new: str) -> None:
        self.in_doubt = True
        self.send(Change(new, Position(line, 0), Position(0, 0)))

    @rule(line=LINES, behind=st.integers(0, 2))
    def send_an_old_version(self, line: int, behind: int) -> None:
        self.count.steps += 1
        self.in_doubt = True
        self.documents.change(
            URI, self.version - behind, [Change("old", Position(line, 0), Position(line, 0))]
        )

    @rule(string=PAGES, closes=st.booleans())
    def open_again(self, string: str, closes: bool) -> None:
        self.count.steps += 1
        if closes:
            self.documents.close(URI)
        self.open(string)

    @rule(line=LINES)
    def look_at_every_position_of_a_line(self, line: int) -> None:
        self.count.steps += 1
        line = self.line_near(line)
        document, starts = self.document(), self.reference.line_starts()
        for character in range(20):
            place = document.place(line, character)
            index = self.reference.index(line, character)
            string = string_of(self.reference.units[:index], self.encoding)
            assert document.text.offset(place) == len(string)
            assert document.before(place) == string
            assert document.before(place) + document.after(place) == str(document.text)
            if line < len(starts):
                assert (place.line, document.character(place)) == (line, index - starts[line])

    @invariant()
    def the_text_is_the_editors(self) -> None:
        document, string = self.document(), self.reference.string()
        assert str(document.text) == string
        assert document.text.size == len(string)
        assert (document.version, document.in_doubt) == (self.version, self.in_doubt)

    @invariant()
    def every_line_starts_where_the_editor_sees_it_start(self) -> None:
        text, lines = self.document().text, self.reference.lines()
        assert list(text.lines(0, text.line_count)) == lines
        assert [text.line(n) + text.line_end(n) for n in range(text.line_count)] == lines
        assert [text.offset(Place(n, 0)) for n in range(len(lines))] == [
            sum(map(len, lines[:n])) for n in range(len(lines))
        ]

    @invariant()
    def offset_and_place_are_each_other_back(self) -> None:
        text, string = self.document().text, self.reference.string()
        for offset in range(0, len(string) + 1, 1 + len(string) // 16):
            inside_crlf = string[offset - 1 : offset + 1] == "\r\n"
            assert text.offset(text.place(offset)) == offset - inside_crlf

    @invariant()
    def the_splices_replayed_give_the_same_lines(self) -> None:
        assert self.replayed == self.reference.lines()

    @invariant()
    def earlier_snapshots_are_unchanged(self) -> None:
        assert all(str(snapshot.text) == string for snapshot, string in self.snapshots)
        self.snapshots.append((self.document(), self.reference.string()))


def steps_taken(encoding: Encoding, examples: int) -> int:
    """Run so many sessions and count the steps they really took."""
    count = Count()

    class CountedSession(Session):
        def __init__(self) -> None:
            super().__init__(encoding, count)

    size = settings(max_examples=examples, stateful_step_count=STEPS_OF_EXAMPLE, deadline=None, database=None)
    run_state_machine_as_test(CountedSession, settings=size)
    return count.steps


@pytest.mark.parametrize("encoding", Encoding)
def test_the_text_is_the_editors_after_every_step(
    encoding: Encoding, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Three encodings of at least 7,000 steps each, in chunks so small that edits cross them all the time."""
    caplog.set_level(logging.CRITICAL, "foretype.documents")
    monkeypatch.setattr(text_module, "LINES_PER_CHUNK", 4)
    monkeypatch.setattr(text_module, "FEWEST_LINES_PER_CHUNK", 2)
    assert steps_taken(encoding, EXAMPLES) >= LEAST_STEPS
