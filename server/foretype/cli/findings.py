"""What a check of `foretype doctor` finds."""

from __future__ import annotations

from dataclasses import dataclass

GOOD, NOTE, BAD = "good", "note", "bad"


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    verdict: str
    subject: str
    detail: str
    cure: str = ""
