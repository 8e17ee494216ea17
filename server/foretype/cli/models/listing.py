"""`foretype models list`: section by section, each from its own source."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from foretype.cli.models import remote
from foretype.cli.models.shelf import Shelf, shelf
from foretype.models.local_files import LocalModel
from foretype.models.local_servers import running_servers
from foretype.models.memory_fit import gigabytes, needed_bytes
from foretype.models.part_file import half_downloads


@dataclass(frozen=True)
class Row:
    """One model of a section; empty is what the source does not say."""

    model: str
    size: str = ""
    quantisation: str = ""
    licence: str = ""
    memory: str = ""
    where: str = ""
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A heading, and where its rows come from; a source may take its time."""

    title: str
    rows: Callable[[Shelf], Iterator[Row]]


def run(options: argparse.Namespace) -> int:
    """What is on this disk stands first; what is asked for by a word or a role is looked for everywhere."""
    if options.words or options.role:
        return remote.run(options)
    found = shelf()
    listed = [(section, list(section.rows(found))) for section in SECTIONS]
    if options.json:
        sections = [{"section": s.title, "models": [asdict(r) for r in rows]} for s, rows in listed]
        print(json.dumps([*sections, remote.section()], indent=2))
        return 0
    for section, rows in listed:
        if rows:
            print(section.title)
            print("\n".join(lines(rows)), flush=True)
    print(remote.TITLE, flush=True)
    return remote.run(options)


def lines(rows: list[Row]) -> Iterator[str]:
    """Columns as wide as what stands in them."""
    table = [(r.model, r.size, r.quantisation, r.memory, r.licence, r.where) for r in rows]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row, cells in zip(rows, table, strict=True):
        yield "    " + "  ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True) if w).rstrip()
        if row.note:
            yield f"        {row.note}"


def on_this_disk(found: Shelf) -> Iterator[Row]:
    for model in found.pulling.files.all():
        if isinstance(model, LocalModel):
            yield Row(
                model.id,
                gigabytes(model.size_bytes),
                model.header.quantisation,
                model.licence,
                f"{gigabytes(needed_bytes(model.header, found.settings.local.context))} RAM",
                model.store,
            )
        else:
            print(f"foretype: {model}", file=sys.stderr)


def running_here(found: Shelf) -> Iterator[Row]:
    for server in running_servers(found.environment.variables):
        for model in server.models:
            size = gigabytes(model.size_bytes) if model.size_bytes else ""
            note = (
                ""
                if server.id_of(model)
                else f'declare an endpoint: url = "{server.url}", dialect = "{server.kind}"'
            )
            yield Row(
                server.id_of(model) or model.name, size, model.quantisation, where=server.url, note=note
            )


def half_done(found: Shelf) -> Iterator[Row]:
    for part in half_downloads(found.folders.models) if found.folders.models else ():
        yield Row(part.stem[:12], gigabytes(part.stat().st_size))


def to_be_had(found: Shelf) -> Iterator[Row]:
    files = found.pulling.files
    here = {files.entry_for(each) for each in files.stores.files()}
    for entry in files.catalogue:
        if entry not in here:
            yield Row(
                entry.id,
                f"≈{entry.size_gb:g} GB",
                entry.quantisation,
                entry.licence,
                f"≈{entry.ram_gb:g} GB RAM",
                entry.repository,
                entry.notes,
            )


SECTIONS = (
    Section("on this machine", on_this_disk),
    Section("served on this machine by other programs", running_here),
    Section("begun and not finished (`foretype models rm partial` removes them)", half_done),
    Section("can be downloaded with `foretype models pull`", to_be_had),
)
