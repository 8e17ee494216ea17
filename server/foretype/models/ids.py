"""Model ids: what a user writes to say which model is meant, and where it runs."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from foretype.errors import ModelIdError

POLICIES = ("fastest", "cheapest", "preferred")
WORKSPACE = "builtin:workspace"

_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
_REPOSITORY = re.compile(rf"{_PART}/{_PART}")
_SUFFIX = re.compile(r"[a-z0-9][a-z0-9-]*")
_OLD_PREFIX = "huggingface/"
_OLD_SUFFIX = "auto"  # what older tools wrote where nothing is meant


class Runs(Enum):
    """Where a model runs, by the word before the colon."""

    ROUTER = "hf"
    LOCAL = "local"
    OLLAMA = "ollama"
    BUILTIN = "builtin"
    ENDPOINT = "endpoint"


@dataclass(frozen=True)
class ModelId:
    """A model, as its server knows it by `name`; `endpoint` is the one the user declared.

    `choice` is what the router is asked for besides: a policy, or the one provider to go to.
    """

    runs: Runs
    name: str
    endpoint: str = ""
    choice: str = ""

    @property
    def routed(self) -> str:
        """The name with the choice behind it, as the router reads it."""
        return f"{self.name}:{self.choice}" if self.choice else self.name

    def __str__(self) -> str:
        return f"{self.endpoint or self.runs.value}:{self.routed}"


def parse_model_id(written: str, endpoints: Collection[str] = ()) -> ModelId:
    """The model that is meant; an id that says nothing known is an error that names the nearest."""
    plain = written.strip()
    if plain.lower().startswith(_OLD_PREFIX):
        return routed_model(written, plain[len(_OLD_PREFIX) :])
    scheme, colon, name = plain.partition(":")
    if scheme.lower() == Runs.ROUTER.value and colon:
        return routed_model(written, name)
    if scheme in endpoints and name:
        return ModelId(Runs.ENDPOINT, name, endpoint=scheme)
    if scheme in (Runs.LOCAL.value, Runs.OLLAMA.value) and name:
        return ModelId(Runs(scheme), name)
    if plain == WORKSPACE:
        return ModelId(Runs.BUILTIN, name)
    raise ModelIdError(f"There is no model '{written}'{hint(plain, endpoints)}.")


def routed_model(written: str, rest: str) -> ModelId:
    """`owner/name`, with a policy or a provider behind a colon where one is wanted."""
    name, colon, choice = rest.partition(":")
    if not _REPOSITORY.fullmatch(name):
        raise ModelIdError(f"'{written}' names no model of Hugging Face: those look like hf:owner/name.")
    if colon and not _SUFFIX.fullmatch(choice):
        raise ModelIdError(
            f"'{written}' ends in no choice of the router: it is one of {', '.join(POLICIES)}, "
            f"or the name of a provider, such as hf:{name}:{POLICIES[0]}."
        )
    return ModelId(Runs.ROUTER, name, choice="" if choice == _OLD_SUFFIX else choice)


def hint(written: str, endpoints: Collection[str]) -> str:
    """What was probably meant, as the end of a sentence."""
    scheme, colon, name = written.partition(":")
    if not colon and _REPOSITORY.fullmatch(written):
        return f": did you mean hf:{written}"
    known = list(dict.fromkeys([*endpoints, *(r.value for r in Runs if r is not Runs.ENDPOINT)]))
    import difflib

    near = difflib.get_close_matches(scheme.lower(), known, n=1)
    if near and near[0] == Runs.BUILTIN.value:
        return f": did you mean {WORKSPACE}"
    if near:
        return f": did you mean {near[0]}:{name or '…'}"
    return f": an id begins with one of {', '.join(f'{each}:' for each in known)}"
