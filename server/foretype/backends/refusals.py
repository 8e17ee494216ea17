"""Which optional parameters a model's server has refused, so that they are not sent again."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.backends.complaint import Complaint
    from foretype.backends.endpoint import Endpoint

_REFUSING_STATUSES = frozenset({400, 422})
_REFUSING_WORDS = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|extra|not permitted|not allowed"
    r"|forbidden|invalid|does not accept|deprecated"
)
# llama.cpp calls it an error of its own that it was started without what a parameter needs.
_NEEDED_AT_START = re.compile(r"\bparam(?:eter)? requires\b")


class Refusals:
    """Remembers, for each endpoint and model, the parameters to leave out."""

    def __init__(self) -> None:
        self._refused: dict[tuple[str, str], frozenset[str]] = {}

    def of(self, endpoint: Endpoint, model: str) -> frozenset[str]:
        return self._refused.get((endpoint.name, model), frozenset())

    def remember(self, endpoint: Endpoint, model: str, names: Iterable[str]) -> None:
        key = endpoint.name, model
        self._refused[key] = self._refused.get(key, frozenset()) | frozenset(names)


def refused_in(complaint: Complaint, status: int, sent: Iterable[str]) -> frozenset[str]:
    """Those of the parameters sent that the complaint names as the reason for refusing."""
    words = complaint.message.lower()
    is_refused = status in _REFUSING_STATUSES and _REFUSING_WORDS.search(words)
    if not is_refused and not _NEEDED_AT_START.search(words):
        return frozenset()
    param = complaint.payload.get("error")
    named = param.get("param") if isinstance(param, dict) else None
    return frozenset(
        name for name in sent if name == named or re.search(rf"\b{re.escape(name)}\b", complaint.message)
    )
