"""The user's config.toml: read when it changed, and the last good one kept while it is broken."""

from __future__ import annotations

import importlib
import json
import logging
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from foretype.config.private_files import read_small_file, write_private
from foretype.config.problems import CONFIG_TOML, Problem
from foretype.errors import SettingsError, StorageError

logger = logging.getLogger(__name__)

Signature = tuple[int, int, int, int] | None
TOML_PARSER = "tomllib" if sys.version_info >= (3, 11) else "tomli"


@dataclass(frozen=True)
class ConfigReading:
    """What config.toml says, or said when it was last readable."""

    values: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    problems: tuple[Problem, ...] = ()


class ConfigFile:
    """One file, watched by its size, times and identity: asking whether it changed costs one `stat`."""

    def __init__(self, path: Path | None, kept: Path | None = None) -> None:
        """`kept` is where the last good text is remembered, for a start with a broken file."""
        self.path = path
        self._kept = kept
        self._seen: Signature | str = "never looked at"
        self._last_good: Mapping[str, object] = MappingProxyType({})
        self._is_first = True

    def has_changed(self) -> bool:
        """Whether the next reading would be a new one; touches the disk and nothing else."""
        return signature_of(self.path) != self._seen

    def read_if_changed(self) -> ConfigReading | None:
        """A new reading, or None where nothing changed since the last; the first call always reads."""
        signature = signature_of(self.path)
        if signature == self._seen:
            return None
        self._seen = signature
        is_first, self._is_first = self._is_first, False
        try:
            self._last_good = MappingProxyType(parse_file(self.path) if self.path and signature else {})
        except SettingsError as error:
            if is_first:
                self._last_good = MappingProxyType(last_good(self._kept, self.path))
            return ConfigReading(self._last_good, (Problem("", CONFIG_TOML, str(error)),))
        keep(self._kept, self.path if signature else None)
        return ConfigReading(self._last_good)


def keep(kept: Path | None, path: Path | None) -> None:
    """Remember the text of a good file, under the path it has: another file's is of no use later."""
    if kept is None:
        return
    try:
        if path is None:
            kept.unlink(missing_ok=True)
            return
        content = json.dumps({"path": str(path), "text": read_small_file(path).decode("utf-8-sig")})
        if not kept.exists() or kept.read_text(encoding="utf-8") != content:
            write_private(kept, content.encode())
    except (StorageError, OSError, ValueError) as problem:
        logger.info("the last good settings are not kept: %s", type(problem).__name__)


def last_good(kept: Path | None, path: Path | None) -> dict[str, object]:
    """What a file said when it was last readable; nothing, where that was not remembered."""
    try:
        content = json.loads(read_small_file(kept)) if kept and kept.exists() else {}
        if content.get("path") != str(path):
            return {}
        parsed: dict[str, object] = importlib.import_module(TOML_PARSER).loads(content["text"])
    except (StorageError, ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return {}
    return parsed


def signature_of(path: Path | None) -> Signature:
    try:
        status = path.stat() if path else None
    except (OSError, ValueError):
        return None
    return (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino) if status else None


def parse_file(path: Path) -> dict[str, object]:
    parser = importlib.import_module(TOML_PARSER)
    kept = "the settings from before stay in force"
    try:
        text = read_small_file(path).decode("utf-8-sig")
        parsed: dict[str, object] = parser.loads(text)
    except StorageError as error:
        raise SettingsError(f"{error}; {kept}") from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{path} is not UTF-8 text; {kept}") from error
    except parser.TOMLDecodeError as error:
        raise SettingsError(f"{path} is not valid TOML{line_named_in(str(error))}; {kept}") from error
    except RecursionError as error:
        raise SettingsError(f"{path} is nested too deep; {kept}") from error
    return parsed


def line_named_in(message: str) -> str:
    """Where the parser stumbled; its own words may repeat what the file holds, so they are left out."""
    found = re.search(r"\((?:at )?(line \d+, column \d+|end of document)\)", message)
    return f" at {found[1].removeprefix('at ')}" if found else ""
