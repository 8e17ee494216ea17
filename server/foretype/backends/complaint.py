"""What a server says went wrong, from any of the shapes in which servers say it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from foretype.backends.answer import Payload

_SECRETS = re.compile(
    r"(?i)\b(?:hf|sk|gsk|api|pk|rk|xai|nvapi)[_-][\w-]{6,}|bearer\s+\S+|\b[A-Za-z0-9+/_-]{40,}={0,2}|\w+://\S+"
)
_EXCERPT_LENGTH = 200


@dataclass(frozen=True)
class Complaint:
    """The message, the codes beside it, and the payload they stood in."""

    message: str = ""
    codes: frozenset[str] = frozenset()
    status: int | None = None
    payload: Payload = field(default_factory=dict, hash=False)

    def excerpt(self) -> str:
        """The message on one line, short, without anything that looks like a secret or an address."""
        line = " ".join("".join(c if c.isprintable() else " " for c in self.message).split())
        return _SECRETS.sub("***", line)[:_EXCERPT_LENGTH]


def complaint_in_body(body: bytes) -> Complaint:
    """The complaint in the body of a failed answer; a page has none worth reading."""
    text = body.decode("utf-8", "replace").strip()
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return Complaint("" if text.startswith("<") else text[:2000])
    if isinstance(value, list) and value:
        value = value[0]
    return complaint_in(value) if isinstance(value, dict) else Complaint(str(value))


def complaint_in(payload: Payload) -> Complaint:
    """The complaint of a payload that is an error, wherever it keeps its words and codes."""
    inner = payload.get("error")
    inner = inner if isinstance(inner, dict) else {}
    words = (inner.get("message"), payload.get("error"), payload.get("message"), payload.get("detail"))
    message = next((text for text in map(_words, words) if text), "")
    codes = (
        inner.get("code"),
        inner.get("type"),
        payload.get("error_type"),
        payload.get("code"),
        payload.get("type"),
    )
    statuses = [code for code in codes if isinstance(code, int) and 400 <= code < 600]
    names = frozenset(code for code in codes if isinstance(code, str))
    return Complaint(message, names, statuses[0] if statuses else None, payload)


def is_error(payload: Payload) -> bool:
    """True for an error sent where a piece of an answer was expected."""
    if payload.get("error"):
        return True
    return payload.get("object") == "error" or ("detail" in payload and "choices" not in payload)


def _words(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return _words(value.get("message") or value.get("msg"))
    if isinstance(value, list):
        return "; ".join(_located(item) for item in value)
    return ""


def _located(item: Any) -> str:
    """A validation error keeps the name of the field beside the sentence about it."""
    if not isinstance(item, dict):
        return _words(item)
    place = item.get("loc")
    names = [str(name) for name in place] if isinstance(place, list) else []
    return " ".join([*names, _words(item.get("msg")), _words(item.get("type"))])
