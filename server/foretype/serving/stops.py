"""A client's own stop words, which a model server may know nothing of."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

Texts = AsyncGenerator[str, None]


async def stopped_at(source: Texts, stops: Sequence[str]) -> Texts:
    """The text up to the first stop word; what could be the beginning of one is held back."""
    held = ""
    longest = max(map(len, stops), default=1)
    async with aclosing(source) as texts:
        async for text in texts:
            held += text
            ends = [at for stop in stops if (at := held.find(stop)) >= 0]
            if ends:
                if found := held[: min(ends)]:
                    yield found
                return
            safe = len(held) - (longest - 1)
            if safe > 0:
                yield held[:safe]
                held = held[safe:]
    if held:
        yield held
