"""The text as a value: line rules, edits at every kind of edge, and what an edit leaves alone."""

from __future__ import annotations

import pytest

from foretype.documents.text import LINES_PER_CHUNK, Place, Splice, Text, split_lines

NOT_LINE_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"


@pytest.mark.parametrize(
    ("string", "lines"),
    [
        ("", [""]),
        ("a", ["a"]),
        ("a\n", ["a\n", ""]),
        ("a\r\nb\rc\nd", ["a\r\n", "b\r", "c\n", "d"]),
        ("\r\r\n\n", ["\r", "\r\n", "\n", ""]),
        ("\n\r", ["\n", "\r", ""]),
        (NOT_LINE_ENDS, [NOT_LINE_ENDS]),
        (f"é{NOT_LINE_ENDS}\n😀", [f"é{NOT_LINE_ENDS}\n", "😀"]),
        ("nul\0\n", ["nul\0\n", ""]),
    ],
)
def test_only_lf_crlf_and_cr_end_a_line(string: str, lines: list[str]) -> None:
    text = Text.of(string)
    assert split_lines(string) == lines
    assert str(text) == string
    assert text.lines(0, text.line_count) == tuple(lines)
    assert [text.line(n) + text.line_end(n) for n in range(text.line_count)] == lines


def test_a_line_is_given_without_its_end_and_the_end_apart() -> None:
    text = Text.of("one\r\ntwo\rthree\nfour")
    assert [text.line(n) for n in range(4)] == ["one", "two", "three", "four"]
    assert [text.line_end(n) for n in range(4)] == ["\r\n", "\r", "\n", ""]
    assert text.end == Place(3, 4)


@pytest.mark.parametrize(
    ("before", "start", "end", "new", "after", "splice"),
    [
        ("ab", (0, 1), (0, 1), "X", "aXb", Splice(0, 1, ("aXb",))),
        ("a\nb\nc", (0, 1), (2, 0), "", "ac", Splice(0, 3, ("ac",))),
        ("a\nb", (1, 1), (1, 1), "\n", "a\nb\n", Splice(1, 1, ("b\n", ""))),
        # CR typed before an LF, LF typed after a CR: one line end comes of two characters.
        ("a\nb", (0, 1), (0, 1), "\r", "a\r\nb", Splice(0, 1, ("a\r\n",))),
        ("a\rb", (1, 0), (1, 0), "\n", "a\r\nb", Splice(0, 2, ("a\r\n", "b"))),
        # What stood between a CR and an LF goes away.
        ("a\rx\nb", (1, 0), (1, 1), "", "a\r\nb", Splice(0, 2, ("a\r\n",))),
        ("a\rx\ny\nb", (1, 0), (2, 1), "", "a\r\nb", Splice(0, 3, ("a\r\n",))),
        # The end of a line is never split by a place past its last character.
        ("a\r\nb", (0, 9), (0, 9), "X", "aX\r\nb", Splice(0, 1, ("aX\r\n",))),
        ("a\r\nb", (0, 1), (0, 1), "\n", "a\n\r\nb", Splice(0, 1, ("a\n", "\r\n"))),
        ("a\r\nb", (0, 1), (1, 0), "\r", "a\rb", Splice(0, 2, ("a\r", "b"))),
        ("a\n", (0, 0), (1, 0), "", "", Splice(0, 2, ("",))),
        ("", (0, 0), (0, 0), "\r\n", "\r\n", Splice(0, 1, ("\r\n", ""))),
    ],
)
def test_an_edit_equals_a_split_of_the_whole_new_text(
    before: str, start: tuple[int, int], end: tuple[int, int], new: str, after: str, splice: Splice
) -> None:
    text, told = Text.of(before).replace(Place(*start), Place(*end), new)
    assert str(text) == after
    assert list(text.lines(0, text.line_count)) == split_lines(after)
    assert told == splice


def test_an_edit_leaves_the_text_it_started_from_as_it_was() -> None:
    before = Text.of("a\nb\n")
    before.replace(Place(0, 0), Place(1, 1), "X")
    assert str(before) == "a\nb\n"


def numbered(count: int) -> str:
    return "".join(f"line {n}\n" for n in range(count))


@pytest.mark.parametrize("line", [0, 1, 511, 512, 513, 1023, 1024, 2999, 3000])
def test_a_large_text_is_right_on_both_sides_of_every_chunk(line: int) -> None:
    lines = split_lines(numbered(3000))
    text, _ = Text.of("".join(lines)).replace(Place(line, 0), Place(line, 0), "new\nlines\n")
    lines[line:line] = ["new\n", "lines\n"]
    assert list(text.lines(0, text.line_count)) == lines
    assert [text.line(n) for n in range(text.line_count)] == [each.rstrip("\n") for each in lines]


@pytest.mark.parametrize(
    ("first", "last"), [(0, 1), (500, 1600), (511, 513), (0, 3001), (10, 5), (2990, 9999)]
)
def test_a_run_of_lines_is_a_slice(first: int, last: int) -> None:
    string = numbered(3000)
    assert list(Text.of(string).lines(first, last)) == split_lines(string)[first:last]


def test_one_edit_makes_one_new_chunk_and_shares_the_others() -> None:
    before = Text.of(numbered(10 * LINES_PER_CHUNK))
    after, _ = before.replace(Place(3000, 2), Place(3000, 2), "X")
    fresh = [new for new, old in zip(after._chunks, before._chunks, strict=True) if new is not old]
    assert len(fresh) == 1


def test_many_lines_added_and_removed_one_by_one_leave_neither_huge_nor_countless_chunks() -> None:
    text = Text.of("")
    for _ in range(2000):
        text, _ = text.replace(Place(0, 0), Place(0, 0), "x\n")
    assert max(map(len, text._chunks)) <= LINES_PER_CHUNK
    assert len(text._chunks) <= 10
    for _ in range(1990):
        text, _ = text.replace(Place(5, 0), Place(6, 0), "")
    assert str(text) == "x\n" * 10
    assert len(text._chunks) <= 2


@pytest.mark.parametrize("string", ["", "a", "a\r\nb\n", "é😀\r\r\n\f\u2028x", numbered(1500)])
def test_offset_and_place_are_each_other_back(string: str) -> None:
    text = Text.of(string)
    for offset in range(len(string) + 1):
        inside_crlf = string[offset - 1 : offset + 1] == "\r\n"
        assert text.offset(text.place(offset)) == offset - inside_crlf
    assert text.place(len(string) + 5) == text.end
    assert text.place(-1) == Place(0, 0)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ((0, 0), (2, 3), "one\r\ntwo\nsix"),
        ((0, 1), (0, 2), "n"),
        ((0, 2), (1, 1), "e\r\nt"),
        ((1, 2), (1, 2), ""),
        ((2, 0), (1, 0), ""),
    ],
)
def test_the_characters_between_two_places(
    start: tuple[int, int], end: tuple[int, int], expected: str
) -> None:
    assert Text.of("one\r\ntwo\nsix").between(Place(*start), Place(*end)) == expected


def test_size_and_longest_line_follow_the_edits() -> None:
    text = Text.of("ab\ncdef\n")
    assert (text.size, text.longest_line) == (8, 5)
    text, _ = text.replace(Place(1, 0), Place(1, 4), "")
    assert (text.size, text.longest_line) == (4, 3)


def test_an_edit_over_two_uneven_chunks_finds_every_line_after_it() -> None:
    lines = split_lines(numbered(2 * LINES_PER_CHUNK - 1))
    text, _ = Text.of("".join(lines)).replace(Place(100, 0), Place(400, 0), "")
    del lines[100:400]
    border = LINES_PER_CHUNK - 300
    text, _ = text.replace(Place(border - 1, 0), Place(border + 1, 0), "one\ntwo\n")
    lines[border - 1 : border + 1] = ["one\n", "two\n"]
    assert [text.line(n) + text.line_end(n) for n in range(text.line_count)] == lines
