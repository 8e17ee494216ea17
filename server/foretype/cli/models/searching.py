"""`foretype models search`: GGUF repositories of the Hub, and the files of one with their sizes."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

from foretype.backends.gguf_search import quantisations, repositories
from foretype.backends.pages import PageError
from foretype.cli.reach import registry_at_hand
from foretype.errors import ForetypeError
from foretype.flows.access import places_of
from foretype.models.gguf_repositories import GgufRepository, Quantisation
from foretype.models.memory_fit import estimated_mb

GIGABYTE = 1_000_000_000


def run(options: argparse.Namespace) -> int:
    return asyncio.run(searched(options.words, as_program_reads=options.json))


async def searched(words: Sequence[str], *, as_program_reads: bool) -> int:
    async with registry_at_hand() as registry:
        hub = places_of(registry.settings, registry.access).hub
        if hub is None:
            raise ForetypeError("HF_ENDPOINT names no address that can be used: mend it.")
        connections = registry.access.upstream.connections
        try:
            if len(words) == 1 and "/" in words[0]:
                files = await quantisations(connections, hub, words[0])
                memory_mb = partial(estimated_mb, context_tokens=registry.settings.local.context)
                return tell_files(words[0], files, memory_mb, as_program_reads=as_program_reads)
            found = await repositories(connections, hub, " ".join(words))
        except PageError as problem:
            raise ForetypeError(f"The Hub does not answer the search: {problem}.") from None
        return tell_repositories(found, as_program_reads=as_program_reads)


def tell_repositories(found: Sequence[GgufRepository], *, as_program_reads: bool) -> int:
    if as_program_reads:
        print(json.dumps({"repositories": [asdict(each) for each in found]}, indent=2))
    elif not found:
        print("The Hub has no GGUF repository under these words.")
    else:
        print(f"{'REPOSITORY':<60} {'DOWNLOADS':>10} {'READS':>7}")
        for each in found:
            reads = f"{each.context_tokens // 1000}k" if each.context_tokens else ""
            gated = "  gated: agree to its terms on its page" if each.gated else ""
            print(f"{each.name:<60} {each.downloads or '':>10} {reads:>7}{gated}")
        print("\nIts files: foretype models search OWNER/NAME")
    return 0 if found else 1


def tell_files(
    repository: str, files: Sequence[Quantisation], memory_mb: Callable[[int], int], *, as_program_reads: bool
) -> int:
    if as_program_reads:
        rows = [{**asdict(each), "memory_mb": memory_mb(each.size_bytes)} for each in files]
        print(json.dumps({"repository": repository, "files": rows}, indent=2))
    elif not files:
        print(f"{repository} has no GGUF file.")
    else:
        for each in files:
            needs = f", about {memory_mb(each.size_bytes) / 1000:.1f} GB of memory" if each.size_bytes else ""
            size = f"{each.size_bytes / GIGABYTE:.2f} GB"
            print(f"{each.quantisation:<10} {size:>9}{needs}  local:{repository}/{each.file}")
    return 0 if files else 1
