"""How long an edit takes in the document store, beside the store that comes with pygls.

Both follow the same edits by the call that a didChange ends in, and must end with the same text.
"""

from __future__ import annotations

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from lsprotocol import types
from pygls.workspace import Workspace

from foretype.documents.change import Change, Position
from foretype.documents.encoding import Encoding
from foretype.documents.store import Documents

URI = "file:///bench.py"
LINE = "    return self.total + other.total  # seventy characters or thereabouts\n"
NON_ASCII_LINE = "    return self.größe + other.größe  # siebzig Zeichen oder ungefähr so\n"


@dataclass(frozen=True)
class Case:
    """A text, what is typed into it, and how often."""

    name: str
    text: str
    typed: str
    edits: int = 200


CASES = (
    Case("200 lines, one character", LINE * 200, "x"),
    Case("5,000 lines, one character", LINE * 5_000, "x"),
    Case("50,000 lines, one character", LINE * 50_000, "x"),
    Case("50,000 lines, one character, not ASCII", NON_ASCII_LINE * 50_000, "x"),
    Case("50,000 lines, a new line", LINE * 50_000, "\n"),
    Case("50,000 lines, CRLF, one character", LINE.replace("\n", "\r\n") * 50_000, "x"),
    Case("one line of 1,000,000 characters", "x" * 1_000_000, "y", edits=20),
)


def places(case: Case) -> list[Position]:
    """The same places on every run, all over the text."""
    dice = random.Random(7)
    lines = case.text.count("\n")
    width = len(case.text) // max(lines, 1) - 2
    return [Position(dice.randrange(max(lines, 1)), dice.randrange(width)) for _ in range(case.edits)]


def times_ms(work: Callable[[int, Position], None], at: list[Position]) -> list[float]:
    times = []
    for version, place in enumerate(at, start=2):
        start_s = time.perf_counter()
        work(version, place)
        times.append((time.perf_counter() - start_s) * 1000)
    return times


def our_times_ms(case: Case) -> tuple[list[float], str]:
    documents = Documents(Encoding.UTF_16)
    documents.open(URI, "python", 1, case.text)

    def work(version: int, at: Position) -> None:
        documents.change(URI, version, (Change(case.typed, at, at),))

    times = times_ms(work, places(case))
    document = documents.get(URI)
    assert document is not None
    return times, str(document.text)


def pygls_times_ms(case: Case) -> tuple[list[float], str]:
    workspace = Workspace(None, position_encoding=types.PositionEncodingKind.Utf16)
    workspace.put_text_document(types.TextDocumentItem(URI, "python", 1, case.text))

    def work(version: int, at: Position) -> None:
        place = types.Position(at.line, at.character)
        workspace.update_text_document(
            types.VersionedTextDocumentIdentifier(uri=URI, version=version),
            types.TextDocumentContentChangePartial(range=types.Range(place, place), text=case.typed),
        )

    times = times_ms(work, places(case))
    return times, workspace.get_text_document(URI).source


def summary(times: list[float]) -> str:
    p95 = statistics.quantiles(times, n=20)[-1]
    return f"{statistics.median(times):9.4f} /{p95:9.4f}"


def main() -> None:
    print(f"{'one edit, ms, median / p95':42}{'foretype':>20}{'pygls':>22}{'ratio':>9}")
    for case in CASES:
        ours, our_text = our_times_ms(case)
        theirs, their_text = pygls_times_ms(case)
        assert our_text == their_text
        ratio = statistics.median(theirs) / statistics.median(ours)
        print(f"{case.name:42}{summary(ours)}  {summary(theirs)}{ratio:8,.0f}×")


if __name__ == "__main__":
    main()
