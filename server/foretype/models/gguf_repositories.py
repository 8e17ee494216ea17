"""Repositories of the Hub with GGUF files in them, and what each file holds, by what the Hub says of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from foretype.models.remote import list_of, number

QUANTISATION = re.compile(
    r"(?i)(UD-Q\d_K_XL|IQ\d_[A-Z]+|Q\d_K(?:_[SML])?|Q\d_[01]|BF16|F16|F32|MXFP4(?:_MOE)?)(?![A-Za-z0-9])"
)
NO_MODEL = re.compile(r"(?i)mmproj|imatrix|ggml-vocab")
PART = re.compile(r"-(\d{5})-of-(\d{5})(?=\.gguf$)")


@dataclass(frozen=True)
class GgufRepository:
    """One row of a search."""

    name: str
    downloads: int | None = None
    context_tokens: int | None = None
    architecture: str = ""
    gated: bool = False


@dataclass(frozen=True)
class Quantisation:
    """One model in one precision: the file to name, and the bytes of all its parts."""

    file: str
    quantisation: str
    size_bytes: int
    parts: int = 1


def repositories_in(content: Any) -> tuple[GgufRepository, ...]:
    rows = (row for row in list_of(content) if isinstance(row, dict) and isinstance(row.get("id"), str))
    return tuple(repository_of(row) for row in rows)


def repository_of(row: dict[str, Any]) -> GgufRepository:
    gguf = row.get("gguf")
    gguf = gguf if isinstance(gguf, dict) else {}
    downloads, context = number(row.get("downloads")), number(gguf.get("context_length"))
    return GgufRepository(
        row["id"],
        int(downloads) if downloads is not None else None,
        int(context) if context else None,
        str(gguf.get("architecture") or ""),
        bool(row.get("gated")),
    )


def quantisations_in(content: Any) -> tuple[Quantisation, ...]:
    """The models among a repository's files, the smallest first; a model in parts is one."""
    found: dict[str, Quantisation] = {}
    for sibling in list_of(content.get("siblings") if isinstance(content, dict) else None):
        name = sibling.get("rfilename") if isinstance(sibling, dict) else None
        if not isinstance(name, str) or not name.lower().endswith(".gguf") or NO_MODEL.search(name):
            continue
        size = int(number(sibling.get("size")) or 0)
        whole = PART.sub("", name)
        before = found.get(whole)
        first = min(before.file, name) if before else name
        parts = PART.search(name)
        found[whole] = Quantisation(
            first,
            quantisation_of(name),
            size + (before.size_bytes if before else 0),
            int(parts[2]) if parts else 1,
        )
    return tuple(sorted(found.values(), key=lambda each: each.size_bytes))


def quantisation_of(file: str) -> str:
    found = QUANTISATION.findall(file)
    return found[-1].upper() if found else ""
