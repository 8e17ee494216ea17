"""When to come back, from every form in which a server may say it."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import timezone
from typing import Any

LONGEST_WAIT_S = 60.0

_EXHAUSTED = re.compile(r"\br=0\b.*?\bt=(\d+)")


def retry_after_s(headers: Mapping[str, str], payload: Mapping[str, Any], wall_s: float) -> float | None:
    """Seconds to wait, capped; None where the server says nothing that makes sense."""
    said = (
        _scaled(headers.get("retry-after-ms"), 0.001),
        _scaled(headers.get("retry-after"), 1.0),
        _until(headers.get("retry-after"), wall_s),
        _draft(headers.get("ratelimit")),
        _scaled(payload.get("estimated_time"), 1.0),
    )
    for seconds in said:
        if seconds is not None:
            return min(seconds, LONGEST_WAIT_S)
    return None


def _scaled(value: object, seconds_per_unit: float) -> float | None:
    try:
        seconds = float(value) * seconds_per_unit if isinstance(value, (str, int, float)) else -1.0
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None


def _until(value: str | None, wall_s: float) -> float | None:
    """An HTTP date; one that has passed means at once."""
    from email.utils import parsedate_to_datetime

    try:
        moment = parsedate_to_datetime(value) if value else None
    except (ValueError, TypeError, IndexError):
        return None
    if moment is None:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return max(0.0, moment.timestamp() - wall_s)


def _draft(value: str | None) -> float | None:
    """The RateLimit draft is sent with every answer: it counts where nothing is left."""
    match = _EXHAUSTED.search(value) if value else None
    return float(match.group(1)) if match else None
