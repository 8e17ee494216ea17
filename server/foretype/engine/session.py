"""One text that a model goes on with: what it has read already is never read again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from foretype.engine.llama import Aborted, Context


class Interrupted(Protocol):
    """Says whether an abort was meant for this work, by raising, or only made room for other work."""

    def __call__(self) -> None: ...


class Session:
    """A context, and the tokens it holds."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.past: list[int] = []

    @property
    def size(self) -> int:
        return self.context.size

    def begins_with(self, tokens: Sequence[int]) -> bool:
        return len(tokens) <= len(self.past) and common_length(self.past, tokens) == len(tokens)

    def read(self, tokens: Sequence[int], interrupted: Interrupted) -> Iterator[int]:
        """Make these the text, evaluating what differs from the last one, in batches.

        Yields after each batch, with how many tokens it had; other work may be done meanwhile.
        """
        self._keep(tokens)
        yield from self.go_on(tokens, interrupted)

    def go_on(self, tokens: Sequence[int], interrupted: Interrupted) -> Iterator[int]:
        """The same, where the text begins with all that was read already."""
        while len(self.past) < len(tokens):
            part = tokens[len(self.past) : len(self.past) + self.context.batch_size]
            if self._evaluated(part):
                yield len(part)
            else:
                interrupted()
                yield 0

    def _keep(self, tokens: Sequence[int]) -> None:
        """Take out what differs; the last token is read anew in any case, for what follows it."""
        common = min(common_length(self.past, tokens), len(tokens) - 1)
        if common < len(self.past) and not self.context.forget_from(common):
            common = 0
        del self.past[common:]

    def _evaluated(self, part: Sequence[int]) -> bool:
        try:
            self.context.evaluate(part, len(self.past))
        except Aborted:
            # A context that cannot forget a part has forgotten everything.
            if self.context.holds() < len(self.past):
                self.past.clear()
            return False
        self.past += part
        return True

    def close(self) -> None:
        self.context.close()


def common_length(one: Sequence[int], other: Sequence[int]) -> int:
    return next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
