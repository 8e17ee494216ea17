"""`foretype models show`: what is known of a model, on the router or on this disk."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from foretype.backends.probe import Standing
from foretype.backends.standings import Standings, as_json
from foretype.cli.models import about
from foretype.cli.models.shelf import Shelf, shelf
from foretype.config.environment import read_environment
from foretype.config.files import locate
from foretype.errors import ForetypeError, ModelMissingError
from foretype.models.ids import ModelId, Runs, parse_model_id
from foretype.models.local_catalogue import CatalogueModel
from foretype.models.local_files import LocalModel
from foretype.models.memory_fit import Memory, gigabytes, memory, needed_bytes


def run(options: argparse.Namespace) -> int:
    model = parse_model_id(options.model)
    if model.runs is Runs.LOCAL:
        return show_local(shelf(), model.name, as_program_reads=options.json)
    return show_model(model, as_program_reads=options.json)


def show_local(found: Shelf, name: str, *, as_program_reads: bool) -> int:
    """A file on this disk, else what the catalogue says of the model."""
    try:
        model = found.pulling.files.find(name)
    except ModelMissingError:
        entry = found.pulling.files.catalogue.find(name)
        if entry is None:
            raise
        print(json.dumps(catalogue_row(entry), indent=2) if as_program_reads else told_of_catalogue(entry))
        return 0
    context = found.settings.local.context
    if as_program_reads:
        print(json.dumps(file_row(model, context), indent=2))
    else:
        print("\n".join([model.id, *(f"    {line}" for line in lines_of(model, context, memory()))]))
    return 0


def lines_of(model: LocalModel, context: int, here: Memory | None) -> Iterator[str]:
    header = model.header
    yield f"file         {model.path}"
    yield f"kept by      {model.store}"
    yield f"size         {gigabytes(model.size_bytes)}, {header.quantisation}"
    yield f"licence      {model.licence}"
    yield f"model        {header.architecture}, {header.layers} layers"
    yield f"context      {header.context_tokens} tokens"
    yield f"fills holes  {'yes' if header.hole else 'no: it sees only what is in front of the cursor'}"
    needed = needed_bytes(header, context)
    free = f"; {gigabytes(here.free)} of {gigabytes(here.total)} are free" if here else ""
    yield f"memory       about {gigabytes(needed)} with a context of {context} tokens{free}"
    if here and needed > here.total:
        yield "             it does not fit: choose a smaller model, or lower `local.context`"
    if model.entry:
        yield f"notes        {model.entry.notes}"


def file_row(model: LocalModel, context: int) -> dict[str, Any]:
    header = model.header
    return {
        "model": model.id,
        "is_here": True,
        "file": str(model.path),
        "kept_by": model.store,
        "size_bytes": model.size_bytes,
        "quantisation": header.quantisation,
        "licence": model.licence,
        "architecture": header.architecture,
        "context_tokens": header.context_tokens,
        "fills_holes": header.hole is not None,
        "memory_bytes": needed_bytes(header, context),
    }


def catalogue_row(entry: CatalogueModel) -> dict[str, Any]:
    return {
        "model": entry.id,
        "is_here": False,
        "repository": entry.repository,
        "size_gb": entry.size_gb,
        "quantisation": entry.quantisation,
        "licence": entry.licence,
        "context_tokens": entry.context_tokens,
        "fills_holes": entry.fills_holes,
        "memory_gb": entry.ram_gb,
        "notes": entry.notes,
    }


def told_of_catalogue(entry: CatalogueModel) -> str:
    return "\n".join(
        [
            f"{entry.id} is not on this machine",
            f"    from         {entry.page}",
            f"    size         about {entry.size_gb:g} GB, {entry.quantisation}",
            f"    licence      {entry.licence}",
            f"    memory       about {entry.ram_gb:g} GB",
            f"    fills holes  {'yes' if entry.fills_holes else 'no'}",
            f"    notes        {entry.notes}",
            f"    `foretype models pull {entry.id}` downloads it",
        ]
    )


def show_model(model: ModelId, *, as_program_reads: bool) -> int:
    """What the cache has of a model, for each router that was asked."""
    if model.runs is not Runs.ROUTER:
        raise ForetypeError(f"Only models of Hugging Face are shown, and {model} is none: try hf:owner/name.")
    known = Standings(locate(read_environment(os.environ)).cache).all_of(model.routed)
    row = about.row_of(str(model))
    if as_program_reads:
        content = {"model": str(model), "known": [as_json(*each) for each in known], "about": asdict(row)}
        print(json.dumps(content, indent=2))
        return 0
    print("\n".join(about.lines(row)), end="\n\n")
    if known:
        print("\n\n".join(told(model, origin, standing) for origin, standing in sorted(known, key=at_origin)))
    else:
        print(
            f"Nothing is known of {model} yet. It becomes known when an editor first completes with it: name "
            "it in `models.complete`, or try `foretype complete FILE:LINE:COL --model " + f"{model}`."
        )
    return 0


def at_origin(known: tuple[str, Standing]) -> str:
    return known[0]


def told(model: ModelId, origin: str, standing: Standing) -> str:
    """A few lines for a person."""
    attempt = standing.attempt
    way = attempt.rung.value if standing.can_fill else "none: this model cannot fill in code here"
    lines = [
        f"{model} at {origin}",
        f"    asked by     {way}",
        f"    provider     {attempt.provider or 'as the router chooses'}",
        f"    found out    {standing.found_at:%Y-%m-%d %H:%M %Z}",
        *(f"    passed over  {reason}" for reason in standing.passed_over),
    ]
    return "\n".join(lines)
