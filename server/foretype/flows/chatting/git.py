"""What git says has changed: read with git itself, which runs nothing else on the way."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from foretype.documents.exclusion import is_secret
from foretype.flows.chatting.files import NotReadable

PATIENCE_S = 5.0
MOST_BYTES = 200_000
# Neither hooks nor helpers that a repository's own configuration could name.
GIT = (
    *("git", "--no-pager", "--no-optional-locks", "-c", "core.fsmonitor=false", "-c", "core.hooksPath="),
    *("-c", "core.quotePath=false", "-c", "diff.external=", "-c", "diff.noprefix=false"),
)
DIFF = ("diff", "--no-color", "--no-ext-diff", "--no-textconv", "--ignore-submodules", "--unified=3")
# What a clone has left on its server stays there: a repository could name a program that fetches it.
ALONE = {"GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "none", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
ENVIRONMENT = ("PATH", "HOME", "SYSTEMROOT", "USERPROFILE")
_NAME = re.compile(
    r'^(?:---|\+\+\+|rename from|rename to|copy from|copy to) "?(?:[ab]/)?(.*?)"?$', re.MULTILINE
)
_FILE = re.compile(r"^diff --git a/(.*) b/(.*)$", re.MULTILINE)


@dataclass(frozen=True)
class Git:
    """git in one folder; `variables` is the user's environment, of which it gets what it needs to run."""

    folder: Path
    variables: Mapping[str, str]

    async def changes(self, exclude: tuple[str, ...]) -> tuple[str, str]:
        """What is staged, or where nothing is, what is not, less secret files; with its name."""
        safely = await self._without_filters()
        for name, more in (("git diff --staged", ("--staged",)), ("git diff", ())):
            # The folder as a path keeps a repository's own `core.worktree` from naming any other place.
            diff = await self._run(*safely, *DIFF, *more, "--", ".")
            if text := without_secrets(diff, exclude):
                return name, text
        raise NotReadable("git sees no changes here.")

    async def committed(self, name: str) -> str:
        """A file of this folder as the last commit has it, byte for byte; empty where none has it."""
        text = await self._run("cat-file", "blob", f"HEAD:./{name}")
        if len(text.encode()) >= MOST_BYTES:
            raise NotReadable("This file is too large to be compared with what was committed.")
        return text

    async def _without_filters(self) -> tuple[str, ...]:
        """A repository's own configuration names programs to pass files through: none is run."""
        found = await self._run(
            "config", "--local", "--includes", "--name-only", "--get-regexp", r"^filter\."
        )
        names = {line.rpartition(".")[0] for line in found.splitlines() if "=" not in line}
        off = ("clean=", "smudge=", "process=", "required=false")
        return tuple(word for name in sorted(names) for each in off for word in ("-c", f"{name}.{each}"))

    async def _run(self, *arguments: str) -> str:
        """The output of one git command, cut where it grows too long."""
        kept = {name: self.variables[name] for name in ENVIRONMENT if name in self.variables}
        try:
            process = await asyncio.create_subprocess_exec(
                *GIT, *arguments, cwd=self.folder, env={**kept, **ALONE},
                stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )  # fmt: skip
        except OSError as error:
            raise NotReadable("git is not there to be asked for a diff.") from error
        assert process.stdout is not None
        try:
            output = await asyncio.wait_for(read_at_most(process.stdout), PATIENCE_S)
        except asyncio.TimeoutError:
            raise NotReadable("git took too long over its diff.") from None
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
        return output.decode("utf-8", "replace")


async def read_at_most(stream: asyncio.StreamReader) -> bytes:
    output = b""
    while len(output) < MOST_BYTES and (piece := await stream.read(MOST_BYTES - len(output))):
        output += piece
    return output


def without_secrets(diff: str, exclude: tuple[str, ...]) -> str:
    """The diff less the files whose text goes nowhere."""
    starts = [found.start() for found in _FILE.finditer(diff)]
    parts = [diff[start:end] for start, end in zip(starts, [*starts[1:], len(diff)], strict=False)]
    return "".join(part for part in parts if not any(is_secret(name, exclude) for name in names_in(part)))


def names_in(part: str) -> tuple[str, ...]:
    """Every name that a file's part of a diff gives it, in quotes or not."""
    head = part.split("\n@@", 1)[0]
    names = _NAME.findall(head)
    first = _FILE.match(part)
    return (*names, *(first.groups() if first else ()))
