"""`foretype demo`: real completions from the real server, drawn in the terminal."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from foretype.cli.session import Session, session

WORKSPACE = Path(__file__).parent / "demo_workspace"
EXAMPLE = """\
example:
    foretype demo    three small files in three languages; no network, no account, no download
"""
INDEXING_PATIENCE_S = 10.0
LINES_ABOVE = 2


@dataclass(frozen=True)
class Scene:
    """New lines that somebody types into a file of the demo's workspace; the last one is not finished."""

    file: str
    language: str
    below: str
    typed: tuple[str, ...]


NEW_METHOD = ("", "    def change(self, article: str, quantity: int) -> None:")
NEW_CHECK = ("  }", "", "  change(article: string, quantity: number): void {", "    if (quantity <= 0) {")
NEW_FUNCTION = ("}", "", "func (s *Shelf) Move(article string, quantity int) error {")
NEW_SUM = ("  }", "", "  average(): number {")
FILTER, PUSH = "        self.lines = [line", "    this.items.push("

SCENES = (
    Scene("orders.py", "python", FILTER, (*NEW_METHOD, "        if quan")),
    Scene("orders.py", "python", FILTER, (*NEW_METHOD, "        if quantity <= 0:", "            raise V")),
    Scene("cart.ts", "typescript", PUSH, (*NEW_CHECK, "      thr")),
    Scene("cart.ts", "typescript", "    this.items = ", (*NEW_SUM, "    return this.items.red")),
    Scene("stock.go", "go", "\treturn &Shelf", (*NEW_FUNCTION, "\tif q")),
)


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype demo",
        description="Completions from the real server, drawn in the terminal.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.parse_args(arguments)
    print("Foretype completes from your own code: no account, no download, no network.\n")
    with session(WORKSPACE) as talk:
        wait_for_workspace(talk)
        shown = sum(play(talk, scene) for scene in SCENES)
    print(f"{shown} of {len(SCENES)} lines completed. Dim text is what Foretype would type for you.")
    return 0 if shown else 1


def wait_for_workspace(talk: Session) -> None:
    deadline = time.monotonic() + INDEXING_PATIENCE_S
    while not talk.status()["has_read_workspace"] and time.monotonic() < deadline:
        time.sleep(0.05)


def play(talk: Session, scene: Scene) -> bool:
    """Type a scene's lines, and draw what the server suggests for the rest of the last one."""
    path = WORKSPACE / scene.file
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(scene.below)) + 1
    lines[start:start] = scene.typed
    number = start + len(scene.typed) - 1
    uri = talk.open(path, scene.language, "\n".join(lines))
    began = time.perf_counter()
    found = talk.complete(uri, number, len(lines[number]))
    took_ms = (time.perf_counter() - began) * 1000
    talk.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    print(drawing(scene.file, lines, number, found[0] if found else "", took_ms))
    return bool(found)


def drawing(file: str, lines: Sequence[str], number: int, ghost: str, took_ms: float) -> str:
    above = [f"  {n + 1:>4}  {lines[n]}" for n in range(max(0, number - LINES_ABOVE), number)]
    current = f"  {number + 1:>4}  {lines[number]}{dim(ghost)}"
    said = f"{took_ms:.1f} ms" if ghost else "nothing: not sure enough"
    return "\n".join([f"{file}   {said}", *above, current, ""]).expandtabs(4)


def dim(text: str) -> str:
    """Ghost text as a terminal shows it; in a file or a pipe, between marks."""
    if not text:
        return ""
    return f"\x1b[2m{text}\x1b[0m" if sys.stdout.isatty() else f"⟨{text}⟩"
