"""Exceptions of the HTTP library and the operating system, turned into ours."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from foretype.backends.answer import BrokenPieceError, NotAnAnswerError
from foretype.backends.deadlines import Stage, TooLateError
from foretype.backends.failures import make
from foretype.backends.lines import LineTooLongError
from foretype.errors import (
    BackendError,
    BadAnswerError,
    CertificateError,
    DeadlineExceededError,
    OfflineError,
    ProxyError,
    RequestRejectedError,
    StreamInterruptedError,
)

if TYPE_CHECKING:
    from foretype.backends.endpoint import Endpoint

_NO_SOCKS = "SOCKS needs one more package: pip install 'httpx[socks]'."

# By name, so that the HTTP library need not be imported to have a table of its errors.
_KINDS: dict[str, type[BackendError]] = {
    "ConnectError": OfflineError,
    "ProxyError": ProxyError,
    "ReadError": StreamInterruptedError,
    "WriteError": StreamInterruptedError,
    "LocalProtocolError": StreamInterruptedError,
    "RemoteProtocolError": StreamInterruptedError,
    "ConnectTimeout": DeadlineExceededError,
    "PoolTimeout": DeadlineExceededError,
    "ReadTimeout": DeadlineExceededError,
    "WriteTimeout": DeadlineExceededError,
    "UnsupportedProtocol": RequestRejectedError,
}


def from_exception(endpoint: Endpoint, model: str, error: Exception) -> BackendError | None:
    """Our error for a foreign one; None for one that nobody expected, which is a defect of ours."""
    if isinstance(error, TooLateError):
        return make(DeadlineExceededError, endpoint, model, detail=error.stage.value)
    if isinstance(error, BrokenPieceError):
        return make(StreamInterruptedError, endpoint, model)
    if isinstance(error, (NotAnAnswerError, LineTooLongError)):
        return make(BadAnswerError, endpoint, model, detail=str(error))
    refused = next((e for e in causes(error) if isinstance(e, ssl.SSLCertVerificationError)), None)
    if refused is not None:
        return make(
            CertificateError, endpoint, model, detail=refused.verify_message or "it cannot be verified"
        )
    if isinstance(error, ImportError):
        return make(ProxyError, endpoint, model, detail=_NO_SOCKS)
    return from_library(endpoint, model, error)


def from_library(endpoint: Endpoint, model: str, error: Exception) -> BackendError | None:
    """By the table, first match along the exception's own classes."""
    names = [kind.__name__ for kind in type(error).__mro__]
    kind = next((_KINDS[name] for name in names if name in _KINDS), None)
    if kind is None and isinstance(error, OSError):
        kind = StreamInterruptedError
    if kind is None:
        return None
    if kind is OfflineError and endpoint.proxy:
        kind = ProxyError
    if (
        names[0] == "RemoteProtocolError"
        and "disconnected" not in str(error)
        and "incomplete" not in str(error)
    ):
        return make(BadAnswerError, endpoint, model, detail="it does not speak HTTP as it should")
    detail = Stage.CONNECT.value if names[0] == "ConnectTimeout" else Stage.FIRST_BYTE.value
    return make(kind, endpoint, model, detail=detail if kind is DeadlineExceededError else "")


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """An exception and all that led to it."""
    seen = 0
    while error is not None and seen < 16:
        yield error
        error, seen = error.__cause__ or error.__context__, seen + 1
