"""Our exceptions in OpenAI's words: a status, a type, and the sentence that names the cure."""

from __future__ import annotations

import math
from typing import Any

from foretype.errors import (
    BackendError,
    ContextTooLongError,
    DeadlineExceededError,
    ForetypeError,
    ModelNotServedError,
    NoModelError,
    RateLimitedError,
)
from foretype.serving.http import Refused

Json = Any

STATUSES: dict[type[ForetypeError], tuple[int, str]] = {
    ContextTooLongError: (400, "context_length_exceeded"),
    ModelNotServedError: (404, "model_not_found"),
    RateLimitedError: (429, "rate_limit_exceeded"),
    DeadlineExceededError: (504, "timeout"),
    NoModelError: (503, "no_model"),
    BackendError: (502, "upstream"),
}
KINDS = {400: "invalid_request_error", 401: "authentication_error", 404: "invalid_request_error"}


def refused_for(problem: ForetypeError) -> Refused:
    """What the client is told: a key that a model's server refuses is not the client's key."""
    status, code = next(
        (row for kind, row in STATUSES.items() if isinstance(problem, kind)), (500, "internal")
    )
    wait_s = problem.retry_after_s if isinstance(problem, BackendError) else None
    headers = {"Retry-After": str(math.ceil(wait_s))} if wait_s else {}
    return Refused(status, str(problem), code, **headers)


def body_of(refused: Refused) -> Json:
    kind = KINDS.get(refused.status, "api_error" if refused.status >= 500 else "invalid_request_error")
    return {"error": {"message": refused.sentence, "type": kind, "param": None, "code": refused.code or None}}
