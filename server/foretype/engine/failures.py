"""What goes wrong with a local model, as an error whose sentence names the cure."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

from foretype.engine.protocol import Fault
from foretype.errors import (
    BackendError,
    ContextTooLongError,
    DeadlineExceededError,
    EngineBrokenError,
    EngineGoneError,
    FillUnsupportedError,
    LocalModelError,
    ModelTooLargeError,
    RequestRejectedError,
    UnavailableError,
)

LOCAL = "local"
BROKEN_OFF = "broken off"
LEAST_BUILD = "" if sys.platform == "win32" else "CMAKE_ARGS=-DLLAVA_BUILD=OFF "
INSTALL = f"{LEAST_BUILD}pip install 'foretype[local]'"
BUILD_TIME = "compiled in about four minutes on two idle cores"


def is_installed() -> bool:
    """Whether llama-cpp-python is there; it is never imported in this process."""
    return find_spec("llama_cpp") is not None


def not_installed() -> BackendError:
    return LocalModelError(
        f"Local models need llama-cpp-python: run {INSTALL} ({BUILD_TIME}), or put llama.cpp's llama-server "
        "on your PATH.",
        endpoint=LOCAL,
    )


def not_started(log: Path) -> BackendError:
    return LocalModelError(
        f"The local engine ended before it could be asked: {log} says why. If it was built for another "
        f"processor, run {INSTALL} again with --force-reinstall --no-cache-dir.",
        endpoint=LOCAL,
    )


def no_place(reason: str) -> BackendError:
    return LocalModelError(f"The local engine cannot be started: {reason}.", endpoint=LOCAL)


def used_up() -> BackendError:
    return EngineBrokenError(
        "The local engine broke down four times in three minutes and is left alone for a while: choose "
        "another model or a smaller `local.context`; `foretype doctor` says more.",
        endpoint=LOCAL,
    )


def broken_off(model: str) -> BackendError:
    return EngineGoneError(
        "The local engine ended while it was asked: ask again.", endpoint=LOCAL, model=model
    )


def took_too_long(model: str) -> BackendError:
    sentence = f"{model} took too long: choose a smaller model, or raise `complete.deadline_ms`."
    return DeadlineExceededError(sentence, endpoint=LOCAL, model=model)


def no_conversations(model: str) -> BackendError:
    sentence = f"{model} was not made for conversations: choose an instruct model for chat and edits."
    return FillUnsupportedError(sentence, endpoint=LOCAL, model=model)


def failure_for(kind: str, reason: str, model: str) -> BackendError:
    """The error for what the engine said."""
    if kind == BROKEN_OFF:
        return broken_off(model)
    if kind == Fault.FILE:
        return LocalModelError(f"{reason}: choose another file.", endpoint=LOCAL, model=model)
    if kind == Fault.MEMORY:
        sentence = f"{reason}: choose a smaller model, or close something."
        return ModelTooLargeError(sentence, endpoint=LOCAL, model=model)
    if kind == Fault.TOO_LONG:
        return ContextTooLongError(f"{reason}: raise `local.context`.", endpoint=LOCAL, model=model)
    if kind == Fault.NO_WORD:
        return FillUnsupportedError(f"{reason}: choose another model.", endpoint=LOCAL, model=model)
    if kind == Fault.REQUEST:
        return RequestRejectedError(f"The local engine refused: {reason}.", endpoint=LOCAL, model=model)
    return UnavailableError(f"The local engine could not answer: {reason}.", endpoint=LOCAL, model=model)
