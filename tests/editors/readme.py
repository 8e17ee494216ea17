"""The settings that the README tells users to copy, read out of the README."""

from __future__ import annotations

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def block(heading: str, language: str, start: str = "\n**") -> str:
    """The first block of this language below the line that starts so; in bold, unless said otherwise."""
    text = README.read_text(encoding="utf-8")
    _, found, below = text.partition(f"{start}{heading}")
    assert found, f"the README has no **{heading}…**"
    code = re.search(rf"^```{language}\n(.*?)^```$", below, re.DOTALL | re.MULTILINE)
    assert code, f"the README has no {language} under **{heading}…**"
    return code[1]
