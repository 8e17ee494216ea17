"""The part of `foretype models list` that asks: what is known at once, and the rest as it comes."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from foretype.cli.reach import registry_at_hand
from foretype.config.settings import ROLES
from foretype.errors import ForetypeError
from foretype.flows.access import places_of
from foretype.flows.providers.provider import Listing, Row
from foretype.flows.providers.registry import Registry
from foretype.models.remote_cache import RemoteList

TITLE = "that can be asked, here, at your servers and at Hugging Face"
HOUR_S, DAY_S = 3600, 86_400


def run(options: argparse.Namespace) -> int:
    if options.role and options.role not in ROLES:
        raise ForetypeError(f"'{options.role}' is no role: it is one of {', '.join(ROLES)}.")
    return asyncio.run(listed(tuple(options.words), options.role, as_program_reads=options.json))


def section() -> dict[str, Any]:
    """The whole list, for a program, as a section beside those of this disk."""
    return asyncio.run(gathered())


async def gathered() -> dict[str, Any]:
    async with registry_at_hand() as registry:
        remote = registry.access.knowledge.remote
        gathering = await remote.fill_in(places_of(registry.settings, registry.access))
        if gathering is not None:
            await asyncio.wait({gathering})
        return as_section(await registry.list())


def as_section(listing: Listing) -> dict[str, Any]:
    models = [asdict(row) for row in listing.rows]
    return {"section": TITLE, "models": models, "age_s": listing.age_s, "problems": listing.problems}


async def listed(words: Sequence[str], role: str | None, *, as_program_reads: bool) -> int:
    async with registry_at_hand() as registry:
        printer = Printer(quiet=as_program_reads)
        chosen = next((each for each in ROLES if each == role), None)
        remote = registry.access.knowledge.remote

        async def now() -> Listing:
            return await registry.list(tuple(words), chosen)

        await remote.at_hand(places_of(registry.settings, registry.access))
        first = await now()
        printer.show(row for row in first.rows if remote.known.models or not is_remote(row))
        arrived = asyncio.Event()

        def hear(_known: RemoteList) -> None:
            arrived.set()

        gathering = await remote.fill_in(places_of(registry.settings, registry.access), hear)
        while gathering is not None and not gathering.done():
            waiting = asyncio.ensure_future(arrived.wait())
            await asyncio.wait({gathering, waiting}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            arrived.clear()
            printer.show(row for row in (await now()).rows if remote.known.models and is_remote(row))
        final = await now()
        printer.show(final.rows)
        return tell(final, registry, printer, as_program_reads=as_program_reads)


def is_remote(row: Row) -> bool:
    return row.id.startswith("hf:")


def tell(listing: Listing, registry: Registry, printer: Printer, *, as_program_reads: bool) -> int:
    """The end of the list: as JSON whole, for a person how old it is and what was wrong."""
    if as_program_reads:
        print(json.dumps(as_section(listing), indent=2))
    elif not printer.printed:
        print("No model is listed under these words.")
    for problem in listing.problems:
        print(problem, file=sys.stderr)
    if listing.age_s is not None:
        print(f"The list of Hugging Face's models is {spoken(listing.age_s)} old.", file=sys.stderr)
    elif registry.settings.router is not None:
        print(
            "There is no list of Hugging Face's models yet: what stands here is the catalogue's.",
            file=sys.stderr,
        )
    return 0


class Printer:
    """Prints each row once, under a heading, as soon as it is known."""

    def __init__(self, *, quiet: bool) -> None:
        self.printed: set[str] = set()
        self._quiet = quiet

    def show(self, rows: Iterable[Row]) -> None:
        for row in rows:
            if self._quiet or row.id in self.printed:
                continue
            if not self.printed:
                print(f"{'MODEL':<52} {'ROLES':<20} {'READS':>7} {'$ IN':>7} {'$ OUT':>7} {'FIRST':>7}  AT")
            self.printed.add(row.id)
            print(line(row), flush=True)


def line(row: Row) -> str:
    reads = f"{row.context_tokens // 1000}k" if row.context_tokens else ""
    prices = [f"{price:.2f}" if price is not None else "" for price in (row.input_price, row.output_price)]
    first = f"{row.latency_s * 1000:.0f} ms" if row.latency_s is not None else ""
    at = "this machine" if row.is_here else row.provider
    text = (
        f"{row.id:<52} {', '.join(row.roles):<20} {reads:>7} {prices[0]:>7} {prices[1]:>7} {first:>7}  {at}"
    )
    return f"{text}\n{'':4}{row.problem} {row.link}".rstrip() if row.problem else text.rstrip()


def spoken(age_s: float) -> str:
    """An age as one would say it."""
    if age_s < 2 * HOUR_S:
        return f"{max(1, round(age_s / 60))} min"
    if age_s < 2 * DAY_S:
        return f"{age_s / HOUR_S:.0f} hours"
    return f"{age_s / DAY_S:.0f} days"
