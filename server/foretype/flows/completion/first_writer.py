"""What the first writer that can writes at a cursor, stopped where an editor would stop it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import aclosing

from foretype.errors import BackendError
from foretype.flows.completion.writer import Order, Writer
from foretype.stream import stop_early
from foretype.stream.filters import COMPLETE, Deltas


async def first_writer(
    writers: Sequence[Writer],
    order: Order,
    report: Callable[[BackendError], None],
    writing: Callable[[str], None] = lambda name: None,
) -> Deltas:
    """One that fails in the middle of its text is not followed by another; the last failure is raised.

    `writing` hears who writes.
    """
    failure: BackendError | None = None
    for writer in writers:
        has_written = False
        try:
            async with aclosing(stop_early(writer.write(order), order.cursor)) as pieces:
                async for piece in pieces:
                    has_written = True
                    if piece != COMPLETE:
                        writing(writer.name)
                    yield piece
            return
        except BackendError as problem:
            report(problem)
            failure = problem
            if has_written:
                break
    if failure is not None:
        raise failure
