"""Every sentence that is said to a model, as Markdown files beside this one."""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).parent


def text(name: str) -> str:
    """The text of a prompt by the name of its file."""
    return (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
