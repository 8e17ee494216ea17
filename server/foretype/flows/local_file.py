"""The file that a `local:` id names."""

from __future__ import annotations

from pathlib import Path

from foretype.engine.failures import LOCAL
from foretype.errors import LocalModelError


async def file_named(name: str) -> Path:
    """A file by its path; what else an id may say is looked up here once models are kept by name."""
    path = Path(name)
    if not path.is_absolute():
        raise LocalModelError(
            f"local:{name} names no file on this machine: write local: and the path of a .gguf file.",
            endpoint=LOCAL,
            model=name,
        )
    return path
