"""Everything Foretype raises on purpose, in one tree.

    ForetypeError                 the message is a sentence for the user and names the cure
    ├── SettingsError             a settings file that cannot be read or parsed
    ├── KeyFormatError            a token or key that could not be sent as it is written
    ├── OriginError               a URL that is not plain enough to decide about
    ├── ModelIdError              a model id that names no model we know
    ├── NoModelError              no model is set for what was asked
    ├── EditRefusedError          an edit that was not made, and why
    │   └── EditNotTakenError         one that is written, and that the editor did not make
    ├── NoConversationError       a conversation that is not there
    ├── StorageError              a file or folder of Foretype's own that cannot be made or written
    ├── ModelFileError            a model file that is broken, or not what its name says
    │   └── ModelMissingError         a model that is not on this disk
    ├── DownloadError             a model that could not be downloaded
    └── BackendError              a model that was asked and did not answer as it should
        ├── UnauthorizedError         the key is missing, wrong or expired
        ├── PaymentRequiredError      the credits are used up
        ├── ForbiddenError            the key lacks a permission
        ├── ModelNotServedError       nobody serves this model here
        ├── FillUnsupportedError      the model cannot fill a hole
        ├── ContextTooLongError       the prompt is longer than the model reads
        ├── ImagesUnsupportedError    the model cannot see images
        ├── RequestRejectedError      the request is not one this server understands
        ├── RateLimitedError          too many requests; `retry_after_s` says when to come back
        ├── ModelLoadingError         the model is being loaded; `retry_after_s` estimates how long
        ├── UnavailableError          the server fails on its side
        ├── OfflineError              no connection to the server
        ├── ProxyError                the proxy on the way is dead or refuses
        ├── CertificateError          the server's certificate is not trusted
        ├── BadAnswerError            an answer in no form that a model's answer has
        ├── StreamInterruptedError    the answer broke off
        ├── DeadlineExceededError     the answer came too late
        ├── LocalModelError           a model on this machine that cannot run until the user mends something
        │   └── ModelTooLargeError        a model that does not fit into this machine's memory
        ├── EngineGoneError           the local engine ended while it was asked
        ├── EngineBrokenError         the local engine broke down too often to be started again by itself
        ├── CircuitOpenError          not asked, because it failed a moment ago
        ├── BudgetSpentError          not asked, because the user's own limit is reached
        └── NotReadyError             not asked, because what it needs is not there or not known

A stage adds its own branch here when it first needs one. Foreign exceptions are mapped to these at
the one border where they enter, and never travel further.
"""

from __future__ import annotations


class ForetypeError(Exception):
    """The root: its text may be shown to the user as it is, and never holds a secret."""


class SettingsError(ForetypeError):
    """A settings file that cannot be read or parsed."""


class KeyFormatError(ForetypeError):
    """A token or key that could not be sent as it is written."""


class OriginError(ForetypeError):
    """A URL that is not plain enough to decide about."""


class ModelIdError(ForetypeError):
    """A model id that names no model we know."""


class NoModelError(ForetypeError):
    """No model is set for what was asked."""


class EditRefusedError(ForetypeError):
    """An edit that was not made: the text is as it was."""


class EditNotTakenError(EditRefusedError):
    """The editor did not make an edit that is written."""


class NoConversationError(ForetypeError):
    """A conversation that is not there."""


class StorageError(ForetypeError):
    """A file or folder of Foretype's own that cannot be made or written."""


class ModelFileError(ForetypeError):
    """A model file that is broken, or not what its name says."""


class ModelMissingError(ModelFileError):
    """A model that is not on this disk."""


class DownloadError(ForetypeError):
    """A model that could not be downloaded."""


class BackendError(ForetypeError):
    """A model that was asked and did not answer as it should."""

    def __init__(
        self,
        message: str,
        *,
        endpoint: str = "",
        model: str = "",
        status: int | None = None,
        retry_after_s: float | None = None,
    ) -> None:
        super().__init__(message)
        self.endpoint = endpoint
        self.model = model
        self.status = status
        self.retry_after_s = retry_after_s


class UnauthorizedError(BackendError):
    """The key is missing, wrong or expired."""


class PaymentRequiredError(BackendError):
    """The credits are used up."""


class ForbiddenError(BackendError):
    """The key lacks a permission."""


class ModelNotServedError(BackendError):
    """Nobody serves this model here."""


class FillUnsupportedError(BackendError):
    """The model cannot fill a hole."""


class ContextTooLongError(BackendError):
    """The prompt is longer than the model reads."""


class ImagesUnsupportedError(BackendError):
    """The model cannot see images."""


class RequestRejectedError(BackendError):
    """The request is not one this server understands."""


class RateLimitedError(BackendError):
    """Too many requests; `retry_after_s` says when to come back."""


class ModelLoadingError(BackendError):
    """The model is being loaded; `retry_after_s` estimates how long."""


class UnavailableError(BackendError):
    """The server fails on its side."""


class OfflineError(BackendError):
    """No connection to the server."""


class ProxyError(BackendError):
    """The proxy on the way is dead or refuses."""


class CertificateError(BackendError):
    """The server's certificate is not trusted."""


class BadAnswerError(BackendError):
    """An answer in no form that a model's answer has."""


class StreamInterruptedError(BackendError):
    """The answer broke off."""


class DeadlineExceededError(BackendError):
    """The answer came too late."""


class LocalModelError(BackendError):
    """A model on this machine that cannot run until the user mends something."""


class ModelTooLargeError(LocalModelError):
    """A model that does not fit into this machine's memory."""


class EngineGoneError(BackendError):
    """The local engine ended while it was asked."""


class EngineBrokenError(BackendError):
    """The local engine broke down too often to be started again by itself."""


class CircuitOpenError(BackendError):
    """Not asked, because it failed a moment ago."""


class BudgetSpentError(BackendError):
    """Not asked, because the user's own limit is reached."""


class NotReadyError(BackendError):
    """Not asked, because what it needs is not there or not known."""
