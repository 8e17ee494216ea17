"""One text that a model goes on with: what it has read already is never read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from foretype.engine.llama import Aborted, Context

FEWEST_MOVED_TOKENS = 8
MOST_DRIFT_TOKENS = 48


class Interrupted(Protocol):
    """Says whether an abort was meant for this work, by raising, or only made room for other work."""

    def __call__(self) -> None: ...


@dataclass
class Aside:
    """Cells taken out of the text, to be put back elsewhere.

    They were read with the cell at `read_at` behind them, and of what stood before it the first `knows`
    tokens have stayed the same ever since.
    """

    tokens: Sequence[int]
    position: int
    read_at: int
    knows: int

    def drift(self, position: int) -> int:
        """How many tokens they would not know of at this position, or know of that are gone."""
        return max(position, self.read_at) - self.knows


class Session:
    """A context, and the tokens it holds.

    The first `exact` of them were read on nothing but what stands before them now. The others were moved
    with what they knew of an older text, or rest on such: only work that allows it goes on from them.
    """

    def __init__(self, context: Context) -> None:
        self.context = context
        self.past: list[int] = []
        self.exact = 0
        self.moved = 0
        self._suffix_end = 0
        self._read_at = self._knows = 0
        self._aside: Aside | None = None

    @property
    def size(self) -> int:
        return self.context.size

    def begins_with(self, tokens: Sequence[int]) -> bool:
        """Whether these were read already, and exactly."""
        return len(tokens) <= self.exact and common_length(self.past, tokens) == len(tokens)

    def read(
        self, tokens: Sequence[int], interrupted: Interrupted, suffix: int = 0, *, may_move: bool = False
    ) -> Iterator[int]:
        """Make these the text, evaluating what differs from the last one, in batches.

        Yields after each batch, with how many tokens it had; other work may be done meanwhile. The last
        token is read anew in any case, for what follows it. The `suffix` tokens before it stand behind the
        cursor: these may be moved as they are.
        """
        self.moved = 0
        start = len(tokens) - 1 - suffix
        known = min(common_length(self.past, tokens), len(tokens) if may_move else self.exact)
        if known <= start and (may_move or self.exact < len(self.past)):
            self._set_aside(tokens[start:-1])
        aside = self._aside
        if may_move and aside and aside.drift(start) <= MOST_DRIFT_TOKENS:
            yield from self._read_around(aside, tokens, start, interrupted)
        else:
            if may_move or len(tokens) + suffix > self.size:
                self._drop_aside()
            self._keep(min(known, len(tokens) - 1))
            yield from self.go_on(tokens, interrupted)
            self._drop_aside()
        self._suffix_end = len(tokens) - 1

    def go_on(self, tokens: Sequence[int], interrupted: Interrupted) -> Iterator[int]:
        """The same, where the text begins with all that was read already."""
        while len(self.past) < len(tokens):
            part = tokens[len(self.past) : len(self.past) + self.context.batch_size]
            if self._evaluated(part):
                yield len(part)
            else:
                interrupted()
                yield 0

    def _read_around(
        self, aside: Aside, tokens: Sequence[int], start: int, interrupted: Interrupted
    ) -> Iterator[int]:
        """Read what stands before the suffix, and put the suffix behind it as it was."""
        self._keep(common_length(self.past, tokens[:start]))
        yield from self.go_on(tokens[:start], interrupted)
        self.context.put_back(start - aside.position)
        self._aside = None
        self._read_at, self._knows = aside.read_at, aside.knows
        self.past += aside.tokens
        self.moved = len(aside.tokens)
        is_read = False
        try:
            is_read = self._evaluated(tokens[-1:])
        finally:
            # Moved cells are turned when next used; of a turn broken off nobody knows how far it came.
            if not is_read:
                self._keep(start)
                self.moved = 0
        if is_read:
            yield 1
        else:
            interrupted()
            yield from self.go_on(tokens, interrupted)

    def _set_aside(self, suffix: Sequence[int]) -> None:
        """Take the suffix out of the text, if it is the one that was read last."""
        if self._aside is not None and self._aside.tokens == suffix:
            return
        self._drop_aside()
        first, end = self._suffix_end - len(suffix), self._suffix_end
        is_worth_it = self.context.can_move and len(suffix) >= FEWEST_MOVED_TOKENS
        if not is_worth_it or first < 0 or end > len(self.past) or self.past[first:end] != suffix:
            return
        is_exact = end <= self.exact
        aside = Aside(suffix, first, first if is_exact else self._read_at, first if is_exact else self._knows)
        self._keep(end)
        self.context.set_aside(first)
        self._cut(first)
        self._aside = aside

    def _drop_aside(self) -> None:
        if self._aside is not None:
            self.context.drop_aside()
            self._aside = None

    def _keep(self, length: int) -> None:
        """Take out what stands behind; a context that cannot forget a part forgets everything."""
        if length < len(self.past) and not self.context.forget_from(length):
            length, self._aside = 0, None
        self._cut(length)

    def _cut(self, length: int) -> None:
        del self.past[length:]
        self.exact = min(self.exact, length)
        if self._aside is not None:
            self._aside.knows = min(self._aside.knows, length)

    def _evaluated(self, part: Sequence[int]) -> bool:
        is_exact = self.exact == len(self.past)
        try:
            self.context.evaluate(part, len(self.past))
        except Aborted:
            # A context that cannot forget a part has forgotten everything.
            if self.context.holds() < len(self.past):
                self._cut(0)
            return False
        self.past += part
        if is_exact:
            self.exact = len(self.past)
        return True

    def close(self) -> None:
        self.context.close()


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
