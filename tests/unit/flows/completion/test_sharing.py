"""The models of a chain share one deadline."""

from __future__ import annotations

from contextlib import aclosing

import pytest

from foretype.errors import DeadlineExceededError, NotReadyError
from foretype.flows.completion.sharing import Sharing, Turn, sharing_one_deadline
from foretype.flows.completion.workspace_writer import WorkspaceWriter
from foretype.flows.completion.writer import Order, Writer
from foretype.postprocess.suggestion import Suggestion
from foretype.stream.cursor import Cursor

from unit.flows.completion.scripted import ScriptedWriter, at, by_hand

SITUATION = at("a = █")
ORDER = Order(SITUATION, Cursor(), max_tokens=8, deadline_s=4.0)


async def written(writer: Writer, order: Order = ORDER) -> str:
    async with aclosing(writer.write(order)) as pieces:
        return "".join([piece async for piece in pieces])


async def test_who_is_not_the_last_has_half_the_time_to_begin_and_the_next_one_the_rest() -> None:
    now = [0.0]
    turn = Turn(monotonic=lambda: now[0])
    first, last = ScriptedWriter(), ScriptedWriter()
    asked = first.enqueue("x"), last.enqueue("y")
    assert await written(Sharing(first, turn, is_last=False)) == "x"
    now[0] = 2.5
    assert await written(Sharing(last, turn, is_last=True)) == "y"
    orders = [told.order for told in asked]
    assert [(o.deadline_s, o.first_word_s) for o in orders if o] == [(4.0, 2.0), (1.5, 1.5)]


async def test_after_the_deadline_nobody_is_asked() -> None:
    now = [0.0]
    turn = Turn(monotonic=lambda: now[0])
    turn.left_s(4.0)
    now[0] = 4.0
    with pytest.raises(DeadlineExceededError):
        await written(Sharing(ScriptedWriter(), turn, is_last=True))


async def test_the_predictor_takes_no_time_and_speaks_when_asked_by_hand() -> None:
    workspace = WorkspaceWriter(lambda situation: Suggestion("1"), when_typed=False)
    model = ScriptedWriter()
    shared = sharing_one_deadline([model, workspace])
    assert shared[1] is workspace
    assert isinstance(shared[0], Sharing)
    assert shared[0].is_last
    assert await written(workspace, Order(by_hand(SITUATION), Cursor(), 8, 0.0)) == "1"
    with pytest.raises(NotReadyError):
        await written(workspace)
