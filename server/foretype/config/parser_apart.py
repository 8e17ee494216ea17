"""Settings checked by a process of its own, for as long as there are any to check.

pydantic takes a sixth of a server's memory and of its start, for work that is done only when settings change,
and cannot be unloaded. Here it loads beside the rest of the program, and is gone again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from threading import Timer
from typing import IO

from foretype.config.parse import Layer, checked, readable
from foretype.config.plain import Findings, Plain

PATIENCE_S = 3.0
# An editor sends its settings in two or three messages at its start.
LINGER_S = 3.0
# The child imports from where this process does, and from nowhere else: no working folder, no PYTHONPATH.
_SERVE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from foretype.config.parser_apart import serve; serve(sys.stdin.buffer, sys.stdout.buffer)"
)

logger = logging.getLogger(__name__)

Answer = tuple[Plain, list[tuple[str, str]], int]


def command() -> list[str]:
    return [sys.executable, "-I", "-c", _SERVE, json.dumps([path for path in sys.path if path])]


class ParserApart:
    """One process at a time; one that fails is replaced by checking here, so that settings never get lost."""

    def __init__(self, asking: Sequence[str] = (), patience_s: float = PATIENCE_S) -> None:
        self._asking = asking
        self._patience_s = patience_s
        self._child: subprocess.Popen[bytes] | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    @property
    def process_id(self) -> int | None:
        return self._child.pid if self._child else None

    def begin(self) -> None:
        """Start the process that will soon be needed; it loads while the caller goes on."""
        if self._child is None:
            with suppress(OSError):
                self._child = subprocess.Popen(  # noqa: S603 - ourselves, without a shell
                    self._asking or command(),
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )

    async def parse(self, raw: object, source: str) -> Layer:
        """What `parse_layer` makes of it."""
        findings = Findings(source)
        values = readable(raw, findings)
        if values:
            values = await self._checked(values, findings)
        return Layer(source, values, findings.all())

    async def _checked(self, values: Plain, findings: Findings) -> Plain:
        async with self._turn:
            if self._rest is not None:
                self._rest.cancel()
            self.begin()
            try:
                accepted, complaints, unlisted = await asyncio.to_thread(self._ask, values)
            except (OSError, ValueError) as problem:
                logger.info("settings are checked in the server itself: %s", type(problem).__name__)
                self.close()
                return checked(values, findings)
            self._rest = asyncio.get_running_loop().call_later(LINGER_S, self.close)
        findings.take_in(complaints, unlisted)
        return accepted

    def _ask(self, values: Plain) -> Answer:
        child = self._child
        if child is None or child.stdin is None or child.stdout is None:
            raise ProcessLookupError
        overdue = Timer(self._patience_s, child.kill)
        overdue.start()
        try:
            child.stdin.write(json.dumps(values).encode() + b"\n")
            child.stdin.flush()
            accepted, complaints, unlisted = json.loads(child.stdout.readline())
        finally:
            overdue.cancel()
        return accepted, complaints, unlisted

    def close(self) -> None:
        """End the process, which holds nothing that could be lost."""
        if self._rest is not None:
            self._rest.cancel()
        child, self._child = self._child, None
        if child is not None:
            child.kill()
            with child:
                pass


def serve(questions: IO[bytes], answers: IO[bytes]) -> None:
    """The process: a line of settings in, a line of what is accepted and what is wrong out."""
    import pydantic  # noqa: F401  # loaded before the first question comes

    import foretype.config.options  # noqa: F401

    for question in questions:
        findings = Findings("")
        accepted = checked(json.loads(question), findings)
        complaints = [(problem.key, problem.sentence) for problem in findings.problems]
        answers.write(json.dumps((accepted, complaints, findings.unlisted)).encode() + b"\n")
        answers.flush()
