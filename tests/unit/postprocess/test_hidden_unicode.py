"""Characters that nobody sees, wherever they stand and however they arrive."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterator

import pytest

from foretype.postprocess import clean
from foretype.postprocess.hidden_unicode import refuse_hidden_unicode
from foretype.stream import stop_early
from foretype.stream.cursor import Cursor

RANGES = (
    (0x202A, 0x202E),
    (0x2066, 0x2069),
    (0xE0000, 0xE007F),
    (0x200B, 0x200D),
    (0x2060, 0x2060),
    (0xFEFF, 0xFEFF),
    (0xFE00, 0xFE0F),
    (0xE0100, 0xE01EF),
)
HIDDEN = [chr(code) for first, last in RANGES for code in range(first, last + 1)]


def hiding_places(character: str) -> Iterator[str]:
    yield f"{character}return role"
    yield f"return {character}role"
    yield f"return ro{character}le"
    yield f"return role{character}"


@pytest.mark.parametrize("character", HIDDEN, ids=lambda character: f"U+{ord(character):04X}")
def test_a_hidden_character_is_never_shown(character: str) -> None:
    assert [clean(text, Cursor(language="python")) for text in hiding_places(character)] == [None] * 4


async def arriving(text: str) -> AsyncGenerator[str, None]:
    for character in text:
        yield character


@pytest.mark.parametrize("character", HIDDEN[::7], ids=lambda character: f"U+{ord(character):04X}")
async def test_no_stage_hides_it_from_the_cleaner(character: str) -> None:
    cursor = Cursor(language="python")
    for text in hiding_places(character):
        passed = "".join([delta async for delta in stop_early(arriving(text), cursor)])
        assert clean(passed, cursor) is None


@pytest.mark.parametrize(
    "text",
    [
        "👨\u200d👩\u200d👧\u200d👦",
        "👩🏽\u200d💻",
        "🏳\ufe0f\u200d🌈",
        "❤\ufe0f\u200d🔥",
        "☺\ufe0f",
        "↔\ufe0f",
        "1\ufe0f\u20e3",
        "क्\u200dष",
        "ക്\u200d",
        "र्\u200cय",
        "می\u200cخواهم",
    ],
)
def test_emoji_and_scripts_that_need_joiners_are_shown(text: str) -> None:
    assert refuse_hidden_unicode(text, Cursor()) == text
    assert refuse_hidden_unicode(f'"{text}"', Cursor()) == f'"{text}"'


@pytest.mark.parametrize(
    "text", ["☺\ufe0f\ufe0f", "👩\u200dx", "क्\u200dx", "x\u200d👩", "क\u200cx", "é\ufe0f", "☺\U000e0101"]
)
def test_the_same_characters_are_refused_where_they_join_nothing(text: str) -> None:
    assert refuse_hidden_unicode(text, Cursor()) is None
