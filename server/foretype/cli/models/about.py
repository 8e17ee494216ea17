"""The part of `foretype models show` that says what a model is, before how it is asked to fill in code."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

from foretype.cli.reach import registry_at_hand
from foretype.flows.access import places_of
from foretype.flows.providers.provider import Row
from foretype.models.catalogue import catalogue
from foretype.models.remote import Serving


def row_of(written: str) -> Row:
    """What is known of a model without asking anybody."""

    async def resolved() -> Row:
        async with registry_at_hand() as registry:
            places = places_of(registry.settings, registry.access)
            await registry.access.knowledge.remote.at_hand(places)
            return registry.resolve(written)

    return asyncio.run(resolved())


def lines(row: Row) -> Iterator[str]:
    """A few lines for a person; what is not known has none."""
    entry = catalogue().find(row.id.partition(":")[2].partition(":")[0])
    yield f"{row.id}  {row.title}"
    facts = {
        "roles": ", ".join(row.roles),
        "reads": f"{row.context_tokens} tokens" if row.context_tokens else "",
        "licence": entry.licence if entry else "",
        "tools": "yes" if row.has_tools else "",
        "images": "yes" if row.has_vision else "",
        "note": row.note,
        "problem": row.problem,
        "page": row.link,
    }
    yield from (f"    {name:<12} {fact}" for name, fact in facts.items() if fact)
    yield from map(serving_line, row.servings)


def serving_line(serving: Serving) -> str:
    prices = (serving.input_price, serving.output_price)
    said = [
        serving.status,
        f"${prices[0]:g} in, ${prices[1]:g} out a million tokens" if None not in prices else "",
        f"{serving.context_tokens} tokens" if serving.context_tokens else "",
        f"first word after {serving.first_word_s * 1000:.0f} ms" if serving.first_word_s is not None else "",
        f"{serving.tokens_per_s:.0f} tokens a second" if serving.tokens_per_s is not None else "",
        "tools" if serving.has_tools else "",
        "structured output" if serving.has_structured_output else "",
    ]
    return f"    at {serving.provider:<15} {', '.join(filter(None, said))}"
