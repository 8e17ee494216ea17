"""Model servers that run on this machine beside us: found on their usual ports, known by what they answer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from foretype.errors import OriginError
from foretype.keys.origin import Address, is_loopback, parse_address

OLLAMA, LLAMA_SERVER = "ollama", "llamacpp"
OLLAMA_URL = "http://127.0.0.1:11434"
OLLAMA_PORT = 11434
LLAMA_SERVER_URLS = ("http://127.0.0.1:8080", "http://127.0.0.1:8012")
PATIENCE_S = 0.5
LARGEST_ANSWER_BYTES = 4 << 20
EVERY_ADDRESS = ("0.0.0.0", "::", "[::]")  # noqa: S104 - what a server is told to listen on; we reach it here


@dataclass(frozen=True)
class ServedModel:
    """A model that a server has; what it does not say is 0 or empty."""

    name: str
    size_bytes: int = 0
    quantisation: str = ""
    context_tokens: int = 0


@dataclass(frozen=True)
class LocalServer:
    """A server that answered as one of its kind; `kind` is the dialect that it speaks."""

    kind: str
    url: str
    models: tuple[ServedModel, ...] = ()

    def id_of(self, model: ServedModel) -> str:
        """What a setting says for a model; empty where an endpoint has to be declared first."""
        return f"ollama:{model.name}" if self.kind == OLLAMA else ""


def ollama_address(variables: Mapping[str, str]) -> Address | None:
    """Where Ollama is on this machine; None where OLLAMA_HOST names another machine, or nothing plain."""
    written = variables.get("OLLAMA_HOST", "").strip().rstrip("/") or OLLAMA_URL
    if "://" not in written:
        written = f"http://{written}"
    scheme, _, rest = written.partition("://")
    host, colon, port = rest.rpartition(":") if has_port(rest) else (rest, "", "")
    host = "127.0.0.1" if host in ("", *EVERY_ADDRESS) else host
    try:
        address = parse_address(f"{scheme}://{host}:{port if colon else OLLAMA_PORT}")
    except OriginError:
        return None
    return address if is_loopback(address.origin) else None


def has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and (host.count(":") == 1 or "]:" in host)


def running_servers(variables: Mapping[str, str]) -> Iterator[LocalServer]:
    """Ask each usual place, shortly and on this machine only; not on the thread that serves."""
    address = ollama_address(variables)
    if address is not None and (found := ollama_at(address.url)):
        yield found
    for url in LLAMA_SERVER_URLS:
        if found := llama_server_at(url):
            yield found


def ollama_at(url: str) -> LocalServer | None:
    models = rows_of(answer(f"{url}/api/tags"))
    if models is None:
        return None
    served = (
        ServedModel(text(row, "name"), number(row, "size"), text(row.get("details"), "quantization_level"))
        for row in models
    )
    return LocalServer(OLLAMA, url, tuple(model for model in served if model.name))


def loaded_in_ollama(url: str) -> tuple[ServedModel, ...]:
    """The models that Ollama holds in memory now, with what they take there."""
    rows = rows_of(answer(f"{url}/api/ps")) or ()
    return tuple(
        ServedModel(text(row, "name"), number(row, "size"), context_tokens=number(row, "context_length"))
        for row in rows
    )


def llama_server_at(url: str) -> LocalServer | None:
    """By /health and /props together: many programs answer to the first."""
    health = answer(f"{url}/health")
    if not isinstance(health, dict) or not (health.get("status") == "ok" or "error" in health):
        return None
    props = answer(f"{url}/props")
    if not isinstance(props, dict) or "default_generation_settings" not in props:
        return None
    path = text(props, "model_path")
    context = number(props["default_generation_settings"], "n_ctx")
    name = PurePath(path.replace("\\", "/")).name or "the model it was started with"
    return LocalServer(LLAMA_SERVER, url, (ServedModel(name, context_tokens=context),))


def answer(url: str) -> Any:
    """What a server says, None where it says nothing that can be read; a redirect is no answer."""
    import httpx

    try:
        with (
            httpx.Client(timeout=PATIENCE_S, trust_env=False, verify=False) as client,  # noqa: S501 - plain http
            client.stream("GET", url) as response,
        ):
            body = bytearray()
            for piece in response.iter_raw():
                body += piece
                if len(body) > LARGEST_ANSWER_BYTES:
                    return None
            return json.loads(body) if response.status_code in (200, 503) else None
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError):
        return None


def rows_of(said: Any) -> list[dict[str, Any]] | None:
    rows = said.get("models") if isinstance(said, dict) else None
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else None


def text(row: Any, key: str) -> str:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, str) and value.isprintable() else ""


def number(row: Any, key: str) -> int:
    value = row.get(key) if isinstance(row, dict) else None
    return value if type(value) is int and value >= 0 else 0
