"""Every golden edit, from a model's recorded answer to the exact text, through the flow that makes edits."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from foretype.backends.delta import Delta, Finish
from foretype.config.settings import Role
from foretype.documents.change import Change, Position
from foretype.documents.document import Document
from foretype.documents.encoding import Encoding
from foretype.documents.store import Documents
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.conversing.question import Deltas, Question
from foretype.flows.editing.difference import Hunk
from foretype.flows.editing.flow import Editing
from foretype.flows.editing.region import selected
from foretype.flows.editing.wish import Outcome, Wish

from golden.edits import EditCase, edit_cases, long_case

URI = "file:///golden.txt"
CASES = edit_cases()


class Recorded:
    """A model whose answer is known, piece by piece."""

    name = "recorded"

    def __init__(self, answer: str, finish: Finish) -> None:
        self._answer = answer
        self._finish = finish

    async def answer(self, question: Question) -> Deltas:
        for start in range(0, len(self._answer), 7):
            yield Delta(text=self._answer[start : start + 7])
        yield Delta(finish=self._finish)


class Workplace:
    """An editor with one document in it."""

    def __init__(self, text: str, language: str) -> None:
        self.documents = Documents(Encoding.UTF_32)
        self.documents.open(URI, language, 1, text)
        self.edits: list[tuple[Hunk, ...]] = []

    @property
    def document(self) -> Document:
        document = self.documents.get(URI)
        assert document is not None
        return document

    async def apply(self, document: Document, hunks: tuple[Hunk, ...]) -> str:
        self.edits.append(hunks)
        changes = [Change(hunk.text, Position(*hunk.start), Position(*hunk.end)) for hunk in hunks]
        self.documents.change(URI, 2, changes[::-1])
        return ""

    async def edit(self, start: int, end: int, asked: str, model: Recorded) -> Outcome:
        def answerers(role: Role) -> Sequence[Recorded]:
            return (model,)

        editing = Editing(self.documents, Conversing(answerers, lambda _: None), lambda _: False)
        text = self.document.text
        region = selected(self.document, text.place(start), text.place(end))
        begun = editing.begin(Wish(self.document, region, asked))
        try:
            return await editing.finish(begun, self.apply)
        finally:
            begun.end()


def at(text: str, offset: int, is_crlf: bool) -> int:
    return offset + text.count("\n", 0, offset) * is_crlf


@pytest.mark.parametrize("case", CASES, ids=str)
async def test_an_answer_becomes_exactly_this_text(case: EditCase) -> None:
    place = Workplace(case.before, case.language)
    model = Recorded(case.model, Finish.LENGTH if case.was_cut_off else Finish.STOP)
    start, end = (at(case.text, offset, case.is_crlf) for offset in (case.start, case.end))
    region = selected(place.document, place.document.text.place(start), place.document.text.place(end))
    outcome = await place.edit(start, end, case.asked, model)
    if case.result is None:
        assert case.refused in outcome.problem, outcome
        assert (str(place.document.text), place.edits) == (case.before, [])
        return
    assert outcome.problem == ""
    assert str(place.document.text) == case.after
    (hunks,) = place.edits
    assert all(
        region.start.line - 1 <= hunk.start.line <= hunk.end.line <= region.end.line + 1 for hunk in hunks
    )


def test_there_are_enough_of_them() -> None:
    assert sum(case.result is not None for case in CASES) >= 60
    assert len({case.language for case in CASES}) >= 6


async def test_a_change_in_a_file_of_two_thousand_lines_moves_no_other_line() -> None:
    case = long_case()
    place = Workplace(case.text, case.language)
    outcome = await place.edit(case.start, case.end, case.asked, Recorded(case.model, Finish.STOP))
    assert outcome.problem == ""
    assert str(place.document.text) == case.result
    assert len(place.edits[0]) == 3
