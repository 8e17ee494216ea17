"""Where the Hugging Face token comes from: an ordered list of places, and the first that has one wins."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from foretype.errors import KeyFormatError
from foretype.keys.key import LONGEST_KEY, Key, parse_key

EDITOR, SETTINGS, KEYRING, OWN_FILE, TOKEN_FILE = "editor", "settings", "keyring", "key file", "token file"


class Keyring(Protocol):
    """Whoever reads the system's keyring."""

    def read(self) -> Key | None: ...


@dataclass(frozen=True)
class WrittenToken:
    """A token as some place has it, not yet looked at."""

    source: str
    key: Key


@dataclass(frozen=True)
class RefusedToken:
    """A place whose token was passed over, and why."""

    source: str
    sentence: str


@dataclass(frozen=True)
class FoundToken:
    """The token in use, and the place that won: a variable's name, or one of the names below."""

    key: Key
    source: str


@dataclass(frozen=True)
class TokenSearch:
    """What the search ended with."""

    found: FoundToken | None
    refused: tuple[RefusedToken, ...] = ()


def find_token(
    settings_token: Key | None,
    environment_tokens: Iterable[WrittenToken],
    keyring: Keyring | None,
    token_file: Path | None,
    *,
    handed: Key | None = None,
    own_file: Path | None = None,
) -> TokenSearch:
    """Look in each place in turn; the keyring is asked only when all before it have nothing."""
    if handed is not None:
        return TokenSearch(FoundToken(handed, EDITOR))
    if settings_token is not None:
        return TokenSearch(FoundToken(settings_token, SETTINGS))
    refused: list[RefusedToken] = []
    for written in environment_tokens:
        if found := accepted(written, refused):
            return TokenSearch(found, tuple(refused))
    kept = keyring.read() if keyring else None
    if kept is not None:
        return TokenSearch(FoundToken(kept, KEYRING), tuple(refused))
    for source, path in ((OWN_FILE, own_file), (TOKEN_FILE, token_file)):
        in_file = read_token_file(path, source) if path else None
        if in_file and (found := accepted(in_file, refused)):
            return TokenSearch(found, tuple(refused))
    return TokenSearch(None, tuple(refused))


def accepted(written: WrittenToken, refused: list[RefusedToken]) -> FoundToken | None:
    try:
        return FoundToken(parse_key(written.key.reveal()), written.source)
    except KeyFormatError as error:
        refused.append(RefusedToken(written.source, f"the token in {written.source} {error}"))
        return None


def read_token_file(path: Path, source: str = TOKEN_FILE) -> WrittenToken | None:
    """The text of our own key file or of HF's token file, or None where there is nothing to read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None
        with path.open("rb") as file:
            content = file.read(LONGEST_KEY + 2)
    except (OSError, ValueError):
        return None
    text = content.decode("utf-8", "replace").strip()
    return WrittenToken(source, Key(text)) if text else None
