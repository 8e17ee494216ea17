"""A secret that shows itself only to whoever asks for it by name."""

from __future__ import annotations

import re
from typing import NoReturn, final

from foretype.errors import KeyFormatError

HIDDEN = "***"
SHORTEST_KEY = 4
LONGEST_KEY = 4096
SENDABLE = re.compile(r"[\x21-\x7e]+")


@final
class Key:
    """A token or API key; `reveal()` is the only way to its text."""

    __slots__ = ("_text",)
    _text: str

    def __init__(self, text: str) -> None:
        object.__setattr__(self, "_text", text)

    def reveal(self) -> str:
        """The secret itself: for a request header or the keyring, and for nothing else."""
        return self._text

    @property
    def masked(self) -> str:
        """Enough for its owner to recognise it, such as `hf_…wxyz`."""
        if len(self._text) < 16:
            return "…"
        kind = re.match(r"[A-Za-z]{1,2}[_-]", self._text)
        return f"{kind.group() if kind else ''}…{self._text[-4:]}"

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __format__(self, specification: str) -> str:
        return HIDDEN

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Key):
            return NotImplemented
        import hmac

        return hmac.compare_digest(as_bytes(self), as_bytes(other))

    def __hash__(self) -> int:
        return hash((Key, self._text))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a key never changes")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a key never changes")

    def __copy__(self) -> Key:
        return self

    def __deepcopy__(self, memo: object) -> Key:
        return self

    def __getstate__(self) -> NoReturn:
        raise TypeError("a key is never stored with other data")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a key is never stored with other data")


def as_bytes(key: Key) -> bytes:
    return key.reveal().encode("utf-8", "surrogatepass")


def parse_key(text: str) -> Key:
    """The key written in a setting, a variable or a file; its message never repeats what was written."""
    written = text.strip()
    if not written:
        raise KeyFormatError("is empty")
    if not SENDABLE.fullmatch(written):
        raise KeyFormatError("has a space, a line break or a character outside ASCII in it; copy it again")
    if len(written) < SHORTEST_KEY:
        raise KeyFormatError("is too short to be a token; copy it again")
    if len(written) > LONGEST_KEY:
        raise KeyFormatError("is too long to be a token; copy it again")
    return Key(written)
