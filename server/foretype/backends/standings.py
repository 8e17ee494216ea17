"""What was found out about the router's models, kept in the cache folder."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from foretype.backends.ladder import Attempt, Rung, completes_text
from foretype.backends.probe import Standing
from foretype.config.private_files import write_private
from foretype.errors import StorageError
from foretype.prompt.families import family_of

_VERSION = 1
_FILE_NAME = "router-standings.json"
_GOOD_FOR = timedelta(days=30)
_BAD_FOR = timedelta(days=1)


class Standings:
    """Read once, written whole; a file that cannot be read or written costs a probe, never an error."""

    def __init__(self, cache_folder: Path | None) -> None:
        self._path = cache_folder / _FILE_NAME if cache_folder else None
        self._standings = read(self._path) if self._path else {}
        self._held: dict[tuple[str, str], Standing] = {}

    def known(self, origin: str, model: str, now: datetime) -> Standing | None:
        """What is known and still believed; that a model cannot fill is believed for a day only."""
        standing = self._held.get((origin, model)) or self._standings.get((origin, model))
        if standing is None:
            return None
        age = now - standing.found_at
        fresh = timedelta(0) <= age <= (_GOOD_FOR if standing.can_fill else _BAD_FOR)
        return standing if fresh else None

    def all_of(self, model: str) -> list[tuple[str, Standing]]:
        """Everything known of a model, by origin, however old."""
        return [(origin, standing) for (origin, name), standing in self._standings.items() if name == model]

    def hold(self, origin: str, standing: Standing) -> None:
        """Believe it while this process runs, and find out better in the next."""
        self._held[origin, standing.model] = standing

    def remember(self, origin: str, standing: Standing) -> None:
        self._take_in()
        self._held.pop((origin, standing.model), None)
        self._standings[origin, standing.model] = standing
        self._write()

    def forget(self, origin: str, model: str) -> None:
        """What was believed turned out to be wrong."""
        self._take_in()
        self._held.pop((origin, model), None)
        if self._standings.pop((origin, model), None) is not None:
            self._write()

    def _take_in(self) -> None:
        """What the servers of other editors found out meanwhile is not to be lost."""
        if self._path is not None:
            self._standings = {**read(self._path), **self._standings}

    def _write(self) -> None:
        if self._path is None:
            return
        rows = [as_json(origin, standing) for (origin, _), standing in self._standings.items()]
        content = json.dumps({"version": _VERSION, "standings": rows}, indent=1)
        with suppress(StorageError):
            write_private(self._path, content.encode())


def read(path: Path) -> dict[tuple[str, str], Standing]:
    """The standings of a file; none where there is no file of this version that can be read."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["version"] != _VERSION:
            return {}
        rows = [(row["origin"], from_json(row)) for row in content["standings"]]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}
    return {(origin, standing.model): standing for origin, standing in rows}


def as_json(origin: str, standing: Standing) -> dict[str, Any]:
    return {
        "origin": origin,
        "model": standing.model,
        "rung": standing.attempt.rung.value,
        "provider": standing.attempt.provider,
        "provider_model": standing.attempt.model,
        "found_at": standing.found_at.isoformat(),
        "passed_over": list(standing.passed_over),
    }


def from_json(row: dict[str, Any]) -> Standing:
    model = str(row["model"])
    return Standing(
        model=model,
        attempt=possible(model, Attempt(Rung(row["rung"]), str(row["provider"]), str(row["provider_model"]))),
        found_at=with_zone(datetime.fromisoformat(row["found_at"])),
        passed_over=tuple(str(reason) for reason in row["passed_over"]),
    )


def possible(model: str, attempt: Attempt) -> Attempt:
    """Another version of Foretype may have known a family or a provider that this one does not."""
    if attempt.rung is Rung.TEXT and not (completes_text(attempt.provider) and family_of(model)):
        raise ValueError("a way that is not known")
    return attempt


def with_zone(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone")
    return moment
