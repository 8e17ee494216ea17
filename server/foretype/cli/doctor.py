"""`foretype doctor`: what works here, what does not, and the cure, a line each."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata, util

from foretype import __version__
from foretype.cli.session import frame
from foretype.config.config_file import ConfigFile
from foretype.config.consents import Consents
from foretype.config.environment import Environment, read_environment
from foretype.config.files import Folders, locate, make_folders
from foretype.config.resolve import Resolved, Sources, resolve
from foretype.keys.keyring_store import KeyringStore
from foretype.keys.token_search import find_token

EXAMPLE = """\
example:
    foretype doctor           a line per check; the exit code is 1 if something needs a cure
    foretype doctor --json    the same, for a program
"""

GOOD, NOTE, BAD = "good", "note", "bad"
MARKS = {GOOD: "✓", NOTE: "·", BAD: "✗"}
PARTS = ("pygls", "lsprotocol", "httpx", "pydantic")
SERVER_PATIENCE_S = 20


@dataclass(frozen=True)
class Finding:
    """One line of the report."""

    verdict: str
    subject: str
    detail: str
    cure: str = ""


def run(arguments: Sequence[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(
        prog="foretype doctor",
        description="What works here, what does not, and the cure.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    as_json = parser.parse_args(arguments).json
    findings = []
    for finding in examine(read_environment(os.environ)):
        findings.append(finding)
        if not as_json:
            print(line(finding), flush=True)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    return int(any(finding.verdict == BAD for finding in findings))


def line(finding: Finding) -> str:
    text = f"{MARKS[finding.verdict]} {finding.subject:<14} {finding.detail}"
    return f"{text}\n{'':17}→ {finding.cure}" if finding.cure else text


def examine(environment: Environment) -> Iterator[Finding]:
    """Every check, cheapest first."""
    folders = locate(environment)
    reading = ConfigFile(folders.config_file).read_if_changed()
    written = reading.values if reading else {}
    resolved = resolve(Sources(config_toml=written), environment, Consents(), folders.models)
    yield versions()
    yield from configuration(folders, resolved, tuple(map(str, reading.problems)) if reading else ())
    yield from storage(folders)
    yield from token(environment, resolved)
    yield from network(environment)
    yield local_models()
    yield server()


def versions() -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    parts = ", ".join(f"{name} {metadata.version(name)}" for name in PARTS)
    return Finding(GOOD, "foretype", f"{__version__} on Python {python}, {sys.platform}; {parts}")


def configuration(folders: Folders, resolved: Resolved, reading: Sequence[str]) -> Iterator[Finding]:
    path = folders.config_file
    problems = [*reading, *map(str, resolved.problems)]
    for problem in problems:
        yield Finding(BAD, "settings", problem, f"edit {path}")
    if not problems:
        exists = path is not None and path.exists()
        yield Finding(GOOD, "settings", str(path) if exists else f"the defaults; yours would be in {path}")


def storage(folders: Folders) -> Iterator[Finding]:
    ready, problems = make_folders(folders)
    for problem in problems:
        yield Finding(BAD, "folders", str(problem), "make it writable, or name another with FORETYPE_HOME")
    if not problems:
        yield Finding(GOOD, "folders", f"cache in {ready.cache}, models in {ready.models}")


def token(environment: Environment, resolved: Resolved) -> Iterator[Finding]:
    search = find_token(resolved.settings.token, environment.tokens, KeyringStore(), environment.token_file)
    for refused in search.refused:
        yield Finding(BAD, "token", refused.sentence, "copy it again; it is one word that starts with hf_")
    if search.found:
        yield Finding(GOOD, "token", f"{search.found.key.masked} from {search.found.source}")
    else:
        yield Finding(NOTE, "token", "none found, so no hosted models", "set HF_TOKEN")


def network(environment: Environment) -> Iterator[Finding]:
    for address, variable in ((environment.hub, "HF_ENDPOINT"), (environment.router, "FORETYPE_ROUTER_URL")):
        if address is not None and variable in environment.variables:
            yield Finding(NOTE, "network", f"{variable} sends requests to {address}")
    if environment.proxies:
        yield Finding(NOTE, "network", f"a proxy is set for {', '.join(sorted(environment.proxies))}")


def local_models() -> Finding:
    if util.find_spec("llama_cpp") is None:
        cure = "pip install 'foretype[local]', which compiles it; that takes minutes"
        return Finding(NOTE, "local models", "llama-cpp-python is not installed", cure)
    return Finding(GOOD, "local models", f"llama-cpp-python {metadata.version('llama-cpp-python')}")


def server() -> Finding:
    """Start the server as an editor does, and see how long its first answer takes."""
    cure = "run `foretype lsp --log-level debug < /dev/null` and read what it says"
    began = time.perf_counter()
    try:
        process = subprocess.run(
            [sys.executable, "-m", "foretype", "lsp"],
            input=b"".join(frame(message) for message in CONVERSATION),
            capture_output=True,
            timeout=SERVER_PATIENCE_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(BAD, "server", f"it did not answer: {type(error).__name__}", cure)
    took_ms = (time.perf_counter() - began) * 1000
    if process.returncode != 0 or b'"foretype"' not in process.stdout:
        return Finding(BAD, "server", f"it ended with exit code {process.returncode}", cure)
    return Finding(GOOD, "server", f"started, answered and ended in {took_ms:.0f} ms")


CONVERSATION: tuple[dict[str, object], ...] = (
    {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
    {"method": "initialized", "params": {}},
    {"id": 2, "method": "shutdown"},
    {"method": "exit"},
)
