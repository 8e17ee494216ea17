"""The sentence for each failure: what happened, and what the user can do about it."""

from __future__ import annotations

from foretype.errors import (
    BackendError,
    BadAnswerError,
    BudgetSpentError,
    CertificateError,
    CircuitOpenError,
    ContextTooLongError,
    DeadlineExceededError,
    EngineBrokenError,
    EngineGoneError,
    FillUnsupportedError,
    ForbiddenError,
    ImagesUnsupportedError,
    LocalModelError,
    ModelLoadingError,
    ModelNotServedError,
    ModelTooLargeError,
    NotReadyError,
    OfflineError,
    PaymentRequiredError,
    ProxyError,
    RateLimitedError,
    RequestRejectedError,
    StreamInterruptedError,
    UnauthorizedError,
    UnavailableError,
)

HUGGING_FACE = "hf"

_NAMES: dict[str, str] = {HUGGING_FACE: "Hugging Face"}

_SENTENCES: dict[type[BackendError], str] = {
    UnauthorizedError: "{endpoint} did not accept its key: check the variable that `key_env` names for it.",
    PaymentRequiredError: "The credits at {endpoint} are used up: add some there, or choose another model.",
    ForbiddenError: "The key for {endpoint} does not allow this: give it the permission to run models.",
    ModelNotServedError: "{endpoint} does not serve {model}: choose another with `foretype models list`.",
    FillUnsupportedError: "{model} cannot fill in code at {endpoint}: choose another model for completion.",
    ImagesUnsupportedError: "{model} cannot see images at {endpoint}: choose another model for chat.",
    ContextTooLongError: "The prompt is longer than {model} reads: lower `context.max_tokens`.",
    RequestRejectedError: "{endpoint} did not understand the request: check the `dialect` of this endpoint.",
    RateLimitedError: "{endpoint} asks for fewer requests: Foretype waits {wait} before the next one.",
    ModelLoadingError: "{endpoint} is still loading {model}: try again in {wait}.",
    UnavailableError: "{endpoint} has a problem on its side: try again in {wait}, or choose another model.",
    OfflineError: "{endpoint} cannot be reached: check the connection, and that the server is running.",
    ProxyError: (
        "The proxy on the way to {endpoint} did not let the request through: check HTTPS_PROXY and "
        "NO_PROXY. {detail}"
    ),
    CertificateError: (
        "The certificate of {endpoint} is not trusted: {detail}. Behind a company proxy, name its "
        "authority in SSL_CERT_FILE; otherwise check this machine's clock."
    ),
    BadAnswerError: (
        "{endpoint} answered with something that is not a model's answer: {detail}. A login page of the "
        "network or a wrong url does this; open the url in a browser, or check it in the settings."
    ),
    StreamInterruptedError: "The answer from {endpoint} broke off: ask again.",
    DeadlineExceededError: "{endpoint} took too long over {detail}: ask again, or choose a faster model.",
    LocalModelError: "{model} cannot run on this machine: {detail}.",
    ModelTooLargeError: "{model} does not fit into this machine's memory: {detail}.",
    EngineGoneError: "The local engine ended while it was asked: ask again.",
    EngineBrokenError: (
        "The local engine broke down four times in three minutes and is left alone for a while: choose "
        "another model or a smaller `local.context`; `foretype doctor` says more."
    ),
    CircuitOpenError: "{endpoint} is not asked for {wait}: {detail}",
    BudgetSpentError: "{endpoint} is not asked any more: {detail}, which only config.toml can raise.",
    NotReadyError: "{model} is left to the next in the chain, and {endpoint} is not asked: {detail}.",
}

_HUGGING_FACE_SENTENCES: dict[type[BackendError], str] = {
    UnauthorizedError: (
        "Hugging Face did not accept the token: make one at https://huggingface.co/settings/tokens "
        "and run `foretype login`."
    ),
    PaymentRequiredError: (
        "Your Hugging Face credits are used up: add some at https://huggingface.co/settings/billing, "
        "or use a local model."
    ),
    ForbiddenError: (
        "Your Hugging Face token may not call Inference Providers: at https://huggingface.co/settings/tokens "
        "allow it to make calls to Inference Providers, and check `bill_to` if it is set."
    ),
    ModelNotServedError: (
        "No provider that you have enabled serves {model}: enable one at "
        "https://huggingface.co/settings/inference-providers, or choose another with `foretype models list`."
    ),
}

_UP_TO_THE_USER = (
    BudgetSpentError,
    UnauthorizedError,
    PaymentRequiredError,
    ForbiddenError,
    ModelNotServedError,
    FillUnsupportedError,
    RequestRejectedError,
    OfflineError,
    ProxyError,
    CertificateError,
    BadAnswerError,
    LocalModelError,
    EngineBrokenError,
)


def is_up_to_the_user(error: BackendError) -> bool:
    """Whether it stays wrong until the user does something; what is slow, busy or broken off passes."""
    return isinstance(error, _UP_TO_THE_USER)


def sentence_for(
    kind: type[BackendError], endpoint: str, model: str, wait_s: float | None, detail: str
) -> str:
    """The sentence of an error, with the endpoint by the name the user knows."""
    own = _HUGGING_FACE_SENTENCES if endpoint == HUGGING_FACE else {}
    template = own.get(kind) or _SENTENCES[kind]
    return template.format(
        endpoint=_NAMES.get(endpoint, endpoint),
        model=model or "the model",
        wait=spoken(wait_s),
        detail=detail,
    )


def spoken(seconds: float | None) -> str:
    """A time as one would say it."""
    if seconds is None:
        return "a moment"
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min"
