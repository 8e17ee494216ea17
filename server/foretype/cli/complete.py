"""`foretype complete FILE:LINE:COL`: one completion on stdout."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foretype.cli.session import session
from foretype.errors import ForetypeError

EXAMPLE = """\
example:
    foretype complete src/app.py:12:9                       the text that would follow there
    foretype complete src/app.py:12:9 --model lab:qwen2.5-coder-1.5b --json
"""
LANGUAGES = {
    ".c": "c", ".cc": "cpp", ".cpp": "cpp", ".cs": "csharp", ".css": "css", ".go": "go", ".h": "c",
    ".html": "html", ".java": "java", ".js": "javascript", ".json": "json", ".kt": "kotlin", ".lua": "lua",
    ".md": "markdown", ".php": "php", ".py": "python", ".rb": "ruby", ".rs": "rust", ".sh": "shellscript",
    ".swift": "swift", ".toml": "toml", ".ts": "typescript", ".tsx": "typescriptreact", ".yaml": "yaml",
    ".yml": "yaml",
}  # fmt: skip


@dataclass(frozen=True)
class Target:
    """A place in a file, as a person counts: lines and columns from one."""

    path: Path
    line: int
    column: int


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype complete",
        description="One completion on stdout, as an editor would get it when asked by hand.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="FILE:LINE:COL", type=target, help="lines and columns from one")
    parser.add_argument("--model", help="the model to ask, in place of the settings' own")
    parser.add_argument("--json", action="store_true", help="print what was found as JSON")
    options = parser.parse_args(arguments)
    suggestions, told = completions(options.place, options.model)
    for message in told:
        print(message, file=sys.stderr)
    if options.json:
        print(json.dumps({"suggestions": suggestions, "messages": told}))
    elif suggestions:
        print(suggestions[0])
    return 0 if suggestions else 1


def target(text: str) -> Target:
    path, line, column = (*text.rsplit(":", 2), "", "")[:3]
    if not (line.isdecimal() and column.isdecimal() and int(line) > 0 and int(column) > 0):
        raise argparse.ArgumentTypeError(f"{text!r} is not FILE:LINE:COL, such as src/app.py:12:9")
    return Target(Path(path), int(line), int(column))


def completions(place: Target, model: str | None) -> tuple[list[str], list[str]]:
    """What a server of our own suggests there, and what it tells the user."""
    try:
        text = place.path.read_bytes().decode("utf-8")
    except OSError as error:
        raise ForetypeError(f"{place.path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ForetypeError(f"{place.path} is not UTF-8 text") from error
    models = {"complete": model} if model else None
    with session(place.path.absolute().parent, models=models) as talk:
        uri = talk.open(place.path, LANGUAGES.get(place.path.suffix.lower(), "plaintext"), text)
        return talk.complete(uri, place.line - 1, place.column - 1), talk.told
