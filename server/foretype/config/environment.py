"""The process environment, read once and passed on; nothing else looks at it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from foretype.config.problems import ENVIRONMENT, Problem
from foretype.errors import OriginError
from foretype.keys.key import Key
from foretype.keys.origin import Address, is_private_in_transit, parse_address
from foretype.keys.token_search import WrittenToken

HUB_URL = "https://huggingface.co"
ROUTER_URL = "https://router.huggingface.co"
TOKEN_VARIABLES = ("FORETYPE_TOKEN", "HF_TOKEN")
PROXY_VARIABLES = ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY")


@dataclass(frozen=True)
class Environment:
    """Everything that the user's environment says to Foretype.

    `hub` and `router` are None where a variable names an address that must not be used: then nothing
    is sent, rather than to the address that the user meant to replace. `proxies` maps `https`, `http`,
    `all` and `no` to what the variables hold; `models` maps a
    role to the one model that the command line chose for it.
    """

    hub: Address | None = field(default_factory=lambda: parse_address(HUB_URL))
    router: Address | None = field(default_factory=lambda: parse_address(ROUTER_URL))
    tokens: tuple[WrittenToken, ...] = ()
    token_file: Path | None = None
    config_file: Path | None = None
    home: Path | None = None
    ca_file: Path | None = None
    ca_folder: Path | None = None
    proxies: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    variables: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    models: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()


def read_environment(variables: Mapping[str, str]) -> Environment:
    """What a process environment says; the caller hands in `os.environ`, a test hands in a dictionary."""
    variables = MappingProxyType(dict(variables))
    problems: list[Problem] = []
    return Environment(
        hub=address_in(variables, "HF_ENDPOINT", HUB_URL, problems),
        router=address_in(variables, "FORETYPE_ROUTER_URL", ROUTER_URL, problems),
        tokens=tuple(
            WrittenToken(name, Key(variables[name])) for name in TOKEN_VARIABLES if variables.get(name)
        ),
        token_file=token_file_in(variables, problems),
        config_file=path_in(variables, "FORETYPE_CONFIG", problems),
        home=path_in(variables, "FORETYPE_HOME", problems),
        ca_file=path_in(variables, "SSL_CERT_FILE", problems),
        ca_folder=path_in(variables, "SSL_CERT_DIR", problems),
        proxies=proxies_in(variables),
        variables=variables,
        problems=tuple(problems),
    )


def address_in(
    variables: Mapping[str, str], name: str, otherwise: str, problems: list[Problem]
) -> Address | None:
    """The address a variable redirects to, or None where it must not be used."""
    try:
        address = parse_address(variables.get(name) or otherwise)
    except OriginError as error:
        problems.append(Problem(name, ENVIRONMENT, f"{error}; nothing is sent until it is mended"))
        return None
    if not is_private_in_transit(address.origin):
        sentence = f"{address.origin} would carry code and token in clear; use https. Nothing is sent there"
        problems.append(Problem(name, ENVIRONMENT, sentence))
        return None
    return address


def path_in(variables: Mapping[str, str], name: str, problems: list[Problem]) -> Path | None:
    """The path in a variable; a relative one would mean another file in every folder, and is refused."""
    written = variables.get(name)
    if not written:
        return None
    path = from_home(written, variables)
    if path is None:
        problems.append(Problem(name, ENVIRONMENT, "must be an absolute path; it is not used"))
    return path


def from_home(written: str, variables: Mapping[str, str]) -> Path | None:
    """An absolute path, with a leading ~ replaced by the user's home folder."""
    if written == "~" or written.startswith(("~/", "~\\")):
        home = variables.get("HOME") or variables.get("USERPROFILE")
        written = home + written[1:] if home else written
    path = Path(written)
    return path if path.is_absolute() and "\0" not in written else None


def token_file_in(variables: Mapping[str, str], problems: list[Problem]) -> Path | None:
    """HF's own token file: HF_TOKEN_PATH, else `token` in HF_HOME, else in HF's place under the cache."""
    if variables.get("HF_TOKEN_PATH"):
        return path_in(variables, "HF_TOKEN_PATH", problems)
    if variables.get("HF_HOME"):
        hf_home = path_in(variables, "HF_HOME", problems)
        return hf_home / "token" if hf_home else None
    cache = from_home(variables.get("XDG_CACHE_HOME") or "~/.cache", variables)
    return cache / "huggingface" / "token" if cache else None


def proxies_in(variables: Mapping[str, str]) -> Mapping[str, str]:
    found = {}
    for name in PROXY_VARIABLES:
        written = variables.get(name.lower()) or variables.get(name)
        if written:
            found[name.removesuffix("_PROXY").lower()] = written
    return MappingProxyType(found)
