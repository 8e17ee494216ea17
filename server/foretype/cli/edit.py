"""`foretype edit "INSTRUCTION"`: a filter from stdin to stdout, or a file's change as a diff or written."""

from __future__ import annotations

import argparse
import difflib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from foretype.cli.complete import LANGUAGES
from foretype.cli.session import Json, session
from foretype.documents.text import Place, Text
from foretype.errors import ForetypeError

EXAMPLE = """\
example:
    foretype edit make this async < part.py                 the new text on stdout, and nothing else
    foretype edit --file app.py --lines 12:30 add types     a diff
    foretype edit --file app.py --lines 12:30 --write add types
"""
MOST_BYTES = 20_000_000


def run(arguments: Sequence[str]) -> int:
    options = parser().parse_args(arguments)
    words = " ".join(options.words)
    if options.file is None:
        given = sys.stdin.buffer.read(MOST_BYTES)
        path = options.name or Path("untitled")
        new = edited(path, decoded(given, "the text on stdin"), None, words, options.model)
        sys.stdout.buffer.write(new.encode())
        return 0
    text = decoded(read(options.file), str(options.file))
    new = edited(options.file, text, options.lines, words, options.model)
    if options.write:
        replace(options.file, text, new)
    else:
        sys.stdout.buffer.write(diff(options.file, text, new).encode())
    return 0


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="foretype edit",
        description="Rewrites text as you ask: from stdin to stdout, or in a file.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("words", metavar="INSTRUCTION", nargs="+", help="what is to be done, in words")
    made.add_argument("--file", type=Path, help="a file to edit, in place of stdin")
    made.add_argument("--lines", metavar="A:B", type=lines, help="its lines to edit, counted from one")
    made.add_argument("--write", action="store_true", help="write the file in place of printing a diff")
    made.add_argument("--as", dest="name", type=Path, help="the name of the file that the text is from")
    made.add_argument("--model", help="the model to ask, in place of the settings' own")
    return made


def lines(text: str) -> list[int]:
    first, colon, last = text.partition(":")
    numbers = [first, last if colon else first]
    if not all(number.isdecimal() and int(number) > 0 for number in numbers):
        raise argparse.ArgumentTypeError(f"{text!r} is not A:B, such as 12:30")
    return [int(number) for number in numbers]


def read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ForetypeError(f"{path} cannot be read: {error.strerror}") from error


def decoded(content: bytes, what: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ForetypeError(f"{what} is not UTF-8 text") from error


def edited(path: Path, text: str, span: list[int] | None, words: str, model: str | None) -> str:
    """The text after the edit, as a server of our own proposes it; an edit that is none is an error."""
    language = LANGUAGES.get(path.suffix.lower(), "code")
    models = {"edit": model} if model else None
    with session(path.absolute().parent, models=models) as talk:
        uri = talk.open(path, language, text)
        wish: Json = {"uri": uri, "instruction": words, "preview": True, "lines": span or all_lines(text)}
        params = {"command": "foretype.edit", "arguments": [wish]}
        answer = talk.request("workspace/executeCommand", params)
    if answer.get("problem"):
        raise ForetypeError(answer["problem"])
    return with_hunks(text, answer["proposal"]["hunks"])


def all_lines(text: str) -> list[int]:
    count = Text.of(text).line_count
    return [1, max(1, count - text.endswith(("\n", "\r")))]


def with_hunks(text: str, hunks: Json) -> str:
    result = Text.of(text)
    for hunk in reversed(hunks):
        start, end = (
            Place(hunk["range"][at]["line"], hunk["range"][at]["character"]) for at in ("start", "end")
        )
        result, _ = result.replace(start, end, hunk["text"])
    return str(result)


def diff(path: Path, old: str, new: str) -> str:
    names = (f"a/{path.as_posix()}", f"b/{path.as_posix()}")
    found = difflib.unified_diff(by_lf(old), by_lf(new), *names)
    marked = (line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in found)
    return "".join(marked)


def by_lf(text: str) -> list[str]:
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def replace(path: Path, old: str, new: str) -> None:
    """Writes a file whole or not at all, and only over the text that was read."""
    if read(path) != old.encode():
        raise ForetypeError(f"{path} changed meanwhile, so it was not written")
    real = path.resolve()
    half_written = ""
    try:
        descriptor, half_written = tempfile.mkstemp(dir=real.parent, prefix=".", suffix=".part")
        with open(descriptor, "wb") as file:
            file.write(new.encode())
        shutil.copymode(real, half_written)
        Path(half_written).replace(real)
    except OSError as error:
        with suppress(OSError):
            Path(half_written).unlink()
        raise ForetypeError(f"{path} cannot be written: {error.strerror}") from error
