"""Text while it arrives: an async generator that stops the model, not just the text."""

from __future__ import annotations

from collections.abc import Callable

from foretype.stream.balance import stop_at_surplus_closer
from foretype.stream.cursor import Cursor
from foretype.stream.echo import skip_echo
from foretype.stream.fence import open_fence
from foretype.stream.filters import Deltas, Filter, InTurn, filtered
from foretype.stream.first_line import stop_after_first_line
from foretype.stream.flood import stop_at_flood
from foretype.stream.limits import stop_at_limits
from foretype.stream.markers import stop_at_markers
from foretype.stream.next_line import stop_at_next_line
from foretype.stream.repetition import stop_at_loop
from foretype.stream.scope import stop_at_dedent
from foretype.stream.thinking import skip_thoughts
from foretype.stream.tokens import stop_at_tokens
from foretype.stream.white_space import stop_at_white_space

Stage = Callable[[Cursor], "Filter | None"]

# White space goes first, since the next stages wait for the first visible character. They take off what
# wraps the code, so that the rest sees code alone; then the text is bounded, so that the rest may look back
# over it; then come the ends, those of the hole before those of a model gone wrong.
STAGES: tuple[Stage, ...] = (
    stop_at_white_space,
    stop_at_tokens,
    skip_thoughts,
    open_fence,
    stop_at_limits,
    skip_echo,
    stop_after_first_line,
    stop_at_markers,
    stop_at_next_line,
    stop_at_dedent,
    stop_at_surplus_closer,
    stop_at_loop,
    stop_at_flood,
)


def stop_early(source: Deltas, cursor: Cursor, stages: tuple[Stage, ...] = STAGES) -> Deltas:
    """The model's text as far as it is wanted; the source is closed as soon as no more is."""
    return filtered(source, lambda: in_turn(stages, cursor))


def in_turn(stages: tuple[Stage, ...], cursor: Cursor) -> InTurn:
    """The filters of the stages that have something to say at this cursor."""
    return InTurn([rule for stage in stages if (rule := stage(cursor)) is not None])
