"""The one border where foreign errors become our own: what happened, by a table, and its cure."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.backends.cures import sentence_for
from foretype.backends.retry_after import retry_after_s
from foretype.errors import (
    BackendError,
    BadAnswerError,
    ContextTooLongError,
    FillUnsupportedError,
    ForbiddenError,
    ImagesUnsupportedError,
    ModelLoadingError,
    ModelNotServedError,
    PaymentRequiredError,
    ProxyError,
    RateLimitedError,
    RequestRejectedError,
    UnauthorizedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from foretype.backends.complaint import Complaint
    from foretype.backends.endpoint import Endpoint


@dataclass(frozen=True)
class Row:
    """A failure, and how it is known: by status, by a code in the body, or by the words there."""

    kind: type[BackendError]
    statuses: frozenset[int] = frozenset()
    codes: frozenset[str] = frozenset()
    words: str = ""

    def fits(self, status: int | None, complaint: Complaint) -> bool:
        if status in self.statuses or self.codes & complaint.codes:
            return True
        return bool(self.words) and re.search(self.words, complaint.message[:2000], re.IGNORECASE) is not None


def _row(kind: type[BackendError], *statuses: int, codes: str = "", words: str = "") -> Row:
    return Row(kind, frozenset(statuses), frozenset(codes.split()), words)


_NO_FILL = r"infill is not supported|not support insert|suffix is not (?:currently )?supported|param: suffix"
_NO_IMAGES = (
    r"image_url|image input|multi-?modal|images? (?:is|are) not|(?:not|n.t) support (?:vision|images?)"
)
_LOADING = r"currently loading|loading model"
_TOO_LONG = (
    r"context (?:length|window|size)|maximum context|too (?:long|many tokens)"
    r"|must (?:be|have) (?:<=|less than) \d+ tokens|`?inputs`? tokens|max_new_tokens.{0,40}must be"
)
_NOT_SERVED = (
    r"model .{0,120}(?:not supported|not found|does not exist|is not available|not deployed)|no such model"
)

# The first row that fits decides. Those that a status alone settles stand first: their words vary.
ROWS: tuple[Row, ...] = (
    _row(UnauthorizedError, 401, codes="authentication_error invalid_api_key"),
    _row(PaymentRequiredError, 402, codes="insufficient_quota billing_not_active"),
    _row(ForbiddenError, 403, codes="permission_error"),
    _row(ProxyError, 407),
    _row(RateLimitedError, 429, codes="rate_limit_exceeded rate_limit_error overloaded"),
    _row(ContextTooLongError, 413, codes="context_length_exceeded exceed_context_size_error"),
    _row(ModelNotServedError, 404, 410, codes="model_not_supported model_not_found not_found_error"),
    _row(FillUnsupportedError, words=_NO_FILL),
    _row(ImagesUnsupportedError, words=_NO_IMAGES),
    _row(ModelLoadingError, words=_LOADING),
    _row(ContextTooLongError, words=_TOO_LONG),
    _row(ModelNotServedError, words=_NOT_SERVED),
    _row(UnavailableError, 408, 409, 424, 425, codes="unavailable_error server_error generation"),
    _row(RequestRejectedError, *range(400, 500), 501, codes="invalid_request_error validation"),
    _row(UnavailableError, *range(500, 600), codes="incomplete_generation"),
    _row(BadAnswerError, *range(300, 400)),
)


def failure_of(
    endpoint: Endpoint,
    model: str,
    complaint: Complaint,
    status: int | None = None,
    headers: Mapping[str, str] | None = None,
) -> BackendError:
    """The error for a failed answer, or for one that turned out to be an error on the way."""
    status = status or complaint.status
    kind = next((row.kind for row in ROWS if row.fits(status, complaint)), UnavailableError)
    wait_s = retry_after_s(headers or {}, complaint.payload, time.time())
    return make(
        kind,
        endpoint,
        model,
        status,
        wait_s,
        detail=f"HTTP status {status}" if kind is BadAnswerError else "",
    )


def make(
    kind: type[BackendError],
    endpoint: Endpoint,
    model: str,
    status: int | None = None,
    wait_s: float | None = None,
    detail: str = "",
) -> BackendError:
    """An error with the sentence that names its cure."""
    return kind(
        sentence_for(kind, endpoint.name, model, wait_s, detail),
        endpoint=endpoint.name,
        model=model,
        status=status,
        retry_after_s=wait_s,
    )
