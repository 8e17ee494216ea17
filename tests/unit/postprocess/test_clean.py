"""What holds for every text and every cursor, whatever the rules do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import example, given

from foretype.postprocess import CLEANERS, clean
from foretype.stream.cursor import Cursor

from unit.postprocess.texts import cursors, is_part_of, texts


@given(texts, cursors())
def test_nothing_is_invented(text: str, cursor: Cursor) -> None:
    suggestion = clean(text, cursor)
    assert suggestion is None or is_part_of(suggestion.text, text)


@example(
    "(x) => {\n  run(x);\n})", Cursor(before="xs.map(", after=")", language="typescript", multiline=True)
)
@given(texts, cursors())
def test_what_is_replaced_is_written_again(text: str, cursor: Cursor) -> None:
    suggestion = clean(text, cursor)
    if suggestion is not None:
        assert 0 <= suggestion.replace_after <= len(cursor.after)
        assert is_part_of(cursor.after[: suggestion.replace_after], suggestion.text)


@example("return return return x", Cursor(before="    return ", language="python"))
@given(texts, cursors())
def test_a_clean_text_stays_as_it_is(text: str, cursor: Cursor) -> None:
    suggestion = clean(text, cursor)
    assert suggestion is None or clean(suggestion.text, cursor) == suggestion


@given(texts, cursors())
def test_every_line_ends_as_the_document_s_lines_do(text: str, cursor: Cursor) -> None:
    suggestion = clean(text, replace(cursor, eol="\r\n"))
    assert suggestion is None or "\n" not in suggestion.text.replace("\r\n", "")


@given(texts, cursors())
def test_line_ends_make_no_other_difference(text: str, cursor: Cursor) -> None:
    unix = clean(text.replace("\r\n", "\n"), replace(cursor, eol="\n"))
    windows = clean(text.replace("\r\n", "\n").replace("\n", "\r\n"), replace(cursor, eol="\r\n"))
    assert (unix and unix.text) == (windows and windows.text.replace("\r\n", "\n"))


@given(texts, cursors())
def test_one_line_is_one_line(text: str, cursor: Cursor) -> None:
    suggestion = clean(text, replace(cursor, multiline=False))
    assert suggestion is None or "\n" not in suggestion.text


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda cleaner: cleaner.__name__)
@pytest.mark.parametrize("text", ["", " ", "\n", "\t\n ", "x"])
def test_every_cleaner_takes_the_smallest_texts(cleaner: object, text: str) -> None:
    assert callable(cleaner)
    result = cleaner(text, Cursor())
    assert result is None or isinstance(result, str)
