"""Where nothing is asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from foretype.config.settings import CompleteSettings
from foretype.documents.document import LARGE_TEXT_CHARS, LONG_LINE_CHARS
from foretype.flows.completion.gate import Silence, silence
from foretype.flows.completion.situation import Situation

from unit.flows.completion.scripted import at, by_hand

ENOUGH = "import sys\n"
ON = CompleteSettings()


def reason(
    situation: Situation, settings: CompleteSettings = ON, *, secret: bool = False, regretted: bool = False
) -> Silence | None:
    return silence(situation, settings, lambda document: secret, lambda situation: regretted)


@pytest.mark.parametrize(
    "line",
    [
        "x = █", "x = █   ", "f(█)", "f([█])", "f(█):", "f(█) {", "f(█);", "f('█')", "f('█'),", "[█]  :",
        "x = `█`", "List<█>", "{█}", "█", "    █",
    ],
)  # fmt: skip
def test_a_place_where_one_types(line: str) -> None:
    assert reason(at(ENOUGH + line + "\n")) is None


@pytest.mark.parametrize("line", ["█x", "f(█x)", "f(█)(", "a█b", "f(█) + 1", "f█: int", "█# comment", "█.x"])
def test_code_right_of_the_cursor(line: str) -> None:
    assert reason(at(ENOUGH + line + "\n")) is Silence.MID_LINE
    assert reason(by_hand(at(ENOUGH + line + "\n"))) is None


@pytest.mark.parametrize(("marked", "is_silent"), [("x = 12345█", True), ("x = 123456█", False), ("█", True)])
def test_too_little_text(marked: str, is_silent: bool) -> None:
    assert reason(at(marked)) is (Silence.SHORT if is_silent else None)
    assert reason(by_hand(at(marked))) is None


def test_what_was_just_rejected_or_undone_is_not_shown_again_unasked() -> None:
    here = at(ENOUGH + "x = █")
    assert reason(here, regretted=True) is Silence.REGRETTED
    assert reason(by_hand(here), regretted=True) is None


def test_blanks_are_no_text() -> None:
    assert reason(at("\n" * 50 + " " * 50 + "█")) is Silence.SHORT


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        (CompleteSettings(enabled=False), Silence.OFF),
        (CompleteSettings(languages={"python": False}), Silence.OFF_FOR_LANGUAGE),
        (CompleteSettings(languages={"go": False}), None),
    ],
)
def test_switched_off_while_typing_but_not_by_hand(
    settings: CompleteSettings, expected: Silence | None
) -> None:
    assert reason(at(ENOUGH + "█"), settings) is expected
    assert reason(by_hand(at(ENOUGH + "█")), settings) is None


def test_markdown_is_off_until_it_is_wanted() -> None:
    assert reason(at("# A long title\n\n█", "markdown")) is Silence.OFF_FOR_LANGUAGE


def in_doubt(situation: Situation) -> Situation:
    return replace(situation, document=replace(situation.document, in_doubt=True))


def test_what_even_a_hand_does_not_overrule() -> None:
    here = at(ENOUGH + "█")
    long_line = at(ENOUGH + "█\n" + "x" * LONG_LINE_CHARS + "\n")
    for asked in (by_hand, lambda situation: situation):
        assert reason(asked(here), secret=True) is Silence.MAY_HOLD_SECRETS
        assert reason(asked(in_doubt(here))) is Silence.IN_DOUBT
        assert reason(asked(long_line)) is Silence.LARGE


def test_a_text_too_large_to_work_on() -> None:
    lines = "x" * 999 + "\n"
    assert reason(at(lines * (LARGE_TEXT_CHARS // 1000) + "█")) is None
    assert reason(at(lines * (LARGE_TEXT_CHARS // 1000) + "x█")) is Silence.LARGE


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (" " * 400_000 + "█" + " " * 500_000, Silence.SHORT),
        ("x = 1234567█" + " " * 900_000, None),
        ("x = 1234567█" + ")" * 400_000 + " " * 400_000 + "x", Silence.MID_LINE),
    ],
    ids=["blanks on both sides", "blanks behind", "brackets and blanks"],
)
def test_a_line_of_nearly_a_million_characters(line: str, expected: Silence | None) -> None:
    """What is asked of it takes steps in proportion to its length; squared, they would never end."""
    assert reason(at(ENOUGH + line)) is expected
