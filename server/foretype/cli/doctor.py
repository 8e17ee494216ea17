"""`foretype doctor`: what works here, what does not, and the cure, a line each."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from importlib import metadata

from foretype import __version__
from foretype.cli.account import Here, check, look_around, owner, remembered, search
from foretype.cli.findings import BAD, GOOD, NOTE, Finding
from foretype.cli.machine import on_this_machine
from foretype.cli.runners import runner
from foretype.cli.session import frame
from foretype.config.environment import Environment
from foretype.config.files import Folders, make_folders
from foretype.flows.account import State
from foretype.flows.token_places import IN_KEYRING
from foretype.keys.keyring_store import KeyringStore
from foretype.keys.token_search import TokenSearch

EXAMPLE = """\
example:
    foretype doctor           a line per check; the exit code is 1 if something needs a cure
    foretype doctor --json    the same, for a program
    foretype doctor --online  asks Hugging Face whose your token is; otherwise nothing is sent
"""

MARKS = {GOOD: "✓", NOTE: "·", BAD: "✗"}
PARTS = ("pygls", "lsprotocol", "httpx", "pydantic")
SERVER_PATIENCE_S = 20


def run(arguments: Sequence[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(
        prog="foretype doctor",
        description="What works here, what does not, and the cure.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    parser.add_argument("--online", action="store_true", help="ask Hugging Face as well")
    options = parser.parse_args(arguments)
    as_json = options.json
    findings = []
    for finding in examine(look_around(), is_online=options.online):
        findings.append(finding)
        if not as_json:
            print(line(finding), flush=True)
    if as_json:
        print(json.dumps([asdict(finding) for finding in findings], indent=2))
    return int(any(finding.verdict == BAD for finding in findings))


def line(finding: Finding) -> str:
    text = f"{MARKS[finding.verdict]} {finding.subject:<14} {finding.detail}"
    return f"{text}\n{'':17}→ {finding.cure}" if finding.cure else text


def examine(here: Here, *, is_online: bool) -> Iterator[Finding]:
    """Every check, cheapest first."""
    yield versions()
    yield from configuration(here)
    yield from storage(here.folders)
    found = search(here)
    yield from token(found)
    yield from account(here, found, is_online=is_online)
    yield keyring()
    yield from network(here.environment)
    yield runner(here.environment.variables)
    yield from on_this_machine(here)
    yield server()


def versions() -> Finding:
    python = ".".join(map(str, sys.version_info[:3]))
    parts = ", ".join(f"{name} {metadata.version(name)}" for name in PARTS)
    return Finding(GOOD, "foretype", f"{__version__} on Python {python}, {sys.platform}; {parts}")


def configuration(here: Here) -> Iterator[Finding]:
    path = here.folders.config_file
    for problem in here.problems:
        yield Finding(BAD, "settings", problem, f"edit {path}")
    if not here.problems:
        exists = path is not None and path.exists()
        yield Finding(GOOD, "settings", str(path) if exists else f"the defaults; yours would be in {path}")


def storage(folders: Folders) -> Iterator[Finding]:
    ready, problems = make_folders(folders)
    for problem in problems:
        yield Finding(BAD, "folders", str(problem), "make it writable, or name another with FORETYPE_HOME")
    if not problems:
        yield Finding(GOOD, "folders", f"cache in {ready.cache}, models in {ready.models}")


def token(search: TokenSearch) -> Iterator[Finding]:
    for refused in search.refused:
        yield Finding(BAD, "token", refused.sentence, "copy it again; it is one word that starts with hf_")
    if search.found:
        yield Finding(GOOD, "token", f"{search.found.key.masked} from {search.found.source}")
    else:
        yield Finding(NOTE, "token", "none found, so no hosted models", "foretype login")


def account(here: Here, search: TokenSearch, *, is_online: bool) -> Iterator[Finding]:
    """What is known of the token's owner; Hugging Face is asked only where the user said so."""
    if search.found is None:
        return
    view = check(here, search.found, afresh=True) if is_online else remembered(here, search.found)
    if view is None:
        cure = "foretype doctor --online asks Hugging Face"
        yield Finding(NOTE, "account", "whose token that is was not asked yet", cure)
        return
    verdict = GOOD if view.is_good else NOTE if view.state in (State.OFFLINE, State.LIMITED) else BAD
    said = f"{view.state.value}{owner(view)}"
    yield Finding(verdict, "account", f"{said}: {view.problem}" if view.problem else said, view.link)


def keyring() -> Finding:
    if KeyringStore().is_there():
        return Finding(GOOD, "keyring", f"`foretype login` keeps the token in {IN_KEYRING}")
    return Finding(NOTE, "keyring", "none answers, so `foretype login` keeps the token in a private file")


def network(environment: Environment) -> Iterator[Finding]:
    for address, variable in ((environment.hub, "HF_ENDPOINT"), (environment.router, "FORETYPE_ROUTER_URL")):
        if address is not None and variable in environment.variables:
            yield Finding(NOTE, "network", f"{variable} sends requests to {address}")
    if environment.proxies:
        yield Finding(NOTE, "network", f"a proxy is set for {', '.join(sorted(environment.proxies))}")


def server(command: Sequence[str] = (sys.executable, "-m", "foretype")) -> Finding:
    """Start the server as an editor does, and see how long its first answer takes."""
    cure = "run `foretype lsp --log-level debug < /dev/null` and read what it says"
    began = time.perf_counter()
    try:
        code, said = conversation(command)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Finding(BAD, "server", f"it did not answer: {type(error).__name__}", cure)
    took_ms = (time.perf_counter() - began) * 1000
    if code != 0 or b'"foretype"' not in said:
        return Finding(BAD, "server", f"it ended with exit code {code}", cure)
    return Finding(GOOD, "server", f"started, answered and ended in {took_ms:.0f} ms")


def conversation(command: Sequence[str]) -> tuple[int, bytes]:
    """The server's exit code and all that it said, with its stdin open to the end, as editors leave it."""
    with subprocess.Popen(  # noqa: S603 - ourselves, without a shell
        [*command, "lsp"],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(BrokenPipeError):  # its exit code says more
            process.stdin.write(b"".join(frame(message) for message in CONVERSATION))
        try:
            code = process.wait(SERVER_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        return code, process.stdout.read()


CONVERSATION: tuple[dict[str, object], ...] = (
    {"id": 1, "method": "initialize", "params": {"processId": None, "rootUri": None, "capabilities": {}}},
    {"method": "initialized", "params": {}},
    {"id": 2, "method": "shutdown"},
    {"method": "exit"},
)
