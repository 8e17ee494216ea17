"""Every golden case, and the proof that each rule is needed for one of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator

import pytest

from foretype.postprocess import CLEANERS, Cleaner, clean
from foretype.stream import STAGES, Stage, stop_early
from foretype.stream.mode import wants_many_lines

from golden.reading import Case, accepted, cases_in

CLEANED, STREAMED, MODES = cases_in("cleaners"), cases_in("stages"), cases_in("mode")
EVERY = [*CLEANED, *STREAMED, *MODES]
OUT_OF_A_STAGE_S_REACH = "no stage can know"


async def arriving(text: str, size: int) -> AsyncGenerator[str, None]:
    for start in range(0, len(text), size):
        yield text[start : start + size]


async def streamed(case: Case, stages: tuple[Stage, ...] = STAGES, size: int = 3) -> str:
    passed = stop_early(arriving(case.model, size), case.cursor, stages)
    return "".join([delta async for delta in passed])


async def cost(case: Case, stages: tuple[Stage, ...]) -> tuple[str, int]:
    """What is handed on of a text, and how many characters the model wrote for it."""
    written = 0

    async def model() -> AsyncGenerator[str, None]:
        nonlocal written
        async for piece in arriving(case.model, 1):
            written += 1
            yield piece

    passed = "".join([delta async for delta in stop_early(model(), case.cursor, stages)])
    return passed.rstrip(), written


def shown(case: Case, text: str, cleaners: tuple[Cleaner, ...] = CLEANERS) -> str | None:
    return accepted(clean(text, case.cursor, cleaners), case.cursor)


@pytest.mark.parametrize("case", CLEANED, ids=str)
def test_a_text_that_is_all_there_is_cleaned(case: Case) -> None:
    assert shown(case, case.model) == case.expected


@pytest.mark.parametrize("case", [c for c in CLEANED if OUT_OF_A_STAGE_S_REACH not in c.title], ids=str)
async def test_a_text_that_arrived_in_pieces_is_cleaned_to_the_same(case: Case) -> None:
    assert shown(case, await streamed(case)) == case.expected


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda cleaner: cleaner.__name__)
def test_every_cleaner_is_needed(cleaner: Cleaner) -> None:
    cases = [case for case in CLEANED if case.rule == cleaner.__name__]
    others = tuple(other for other in CLEANERS if other is not cleaner)
    assert [case for case in cases if shown(case, case.model, others) != case.expected]


@pytest.mark.parametrize("cleaner", CLEANERS, ids=lambda cleaner: cleaner.__name__)
def test_every_cleaner_has_something_to_change_and_something_to_leave_alone(cleaner: Cleaner) -> None:
    touched = Counter(case.untouched for case in CLEANED if case.rule == cleaner.__name__)
    assert touched[True]
    assert touched[False]


@pytest.mark.parametrize("case", STREAMED, ids=str)
async def test_the_stages_hand_on_what_is_wanted(case: Case) -> None:
    assert (await streamed(case)).rstrip() == case.expected


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.__name__)
async def test_every_stage_is_needed(stage: Stage) -> None:
    """Without it the text differs, or the model has to write more of it."""
    cases = [case for case in STREAMED if case.rule == stage.__name__]
    others = tuple(other for other in STAGES if other is not stage)
    assert [case for case in cases if await cost(case, others) != await cost(case, STAGES)]


@pytest.mark.parametrize("case", MODES, ids=str)
def test_one_line_or_many(case: Case) -> None:
    assert ("many lines" if wants_many_lines(case.cursor) else "one line") == case.expected


def test_the_cases_cover_the_languages() -> None:
    languages = Counter(case.language for case in EVERY)
    assert len(EVERY) >= 250
    for language in ("python", "typescript", "go", "rust", "java", "c", "html", "markdown"):
        assert languages[language] >= 15, languages
