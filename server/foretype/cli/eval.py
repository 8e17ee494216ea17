"""`foretype eval`: how good and how fast completions are on your own code."""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from time import perf_counter
from typing import Any

from foretype.cli.server_subject import ServerSubject
from foretype.cli.session import session
from foretype.errors import ForetypeError
from foretype.evaluation.holes import cut_holes, try_holes
from foretype.evaluation.memory import resident_bytes
from foretype.evaluation.score import Score, score
from foretype.evaluation.subject import PredictorSubject, Subject
from foretype.evaluation.typist import Replay, type_file
from foretype.predictor.building import SourceFile, build
from foretype.predictor.predictor import Predictor
from foretype.predictor.tokens import family_of
from foretype.predictor.walking import Walk

BUILTIN = "builtin:workspace"
MODEL_DEADLINE_MS = 60_000
EPILOG = """
examples:
  foretype eval                                holes in the code below this folder
  foretype eval src --suffix .py --holes 1000  more of them, in Python files only
  foretype eval --file-alone --above-only      as if only this file were there, ending at the cursor
  foretype eval --model lab:qwen2.5-coder-1.5b a model of your settings, through the server
  foretype eval --typist src/app.py            that file typed from empty, key by key
  foretype eval --model local:mine --agreement whether this model may keep what follows the cursor as you type
"""


def run(arguments: Sequence[str]) -> int:
    """Measure a model and print the result."""
    options = _parser().parse_args(arguments)
    if not options.folder.is_dir():
        print(f"foretype eval: {options.folder} is not a folder", file=sys.stderr)
        return 2
    print(f"reading {options.folder} …", file=sys.stderr)
    files = sorted(Walk([options.folder]).files())
    if options.agreement:
        return _agreement(files, options)
    if options.model != BUILTIN:
        return _asking(files, options)
    subject, learning = _learn(files, options.file_alone)
    return _measure(subject, learning, files, options)


def _asking(files: list[SourceFile], options: argparse.Namespace) -> int:
    """Through a server of our own, as an editor would be answered."""
    quiet = {"complete": {"instant": False, "debounce_ms": 0, "deadline_ms": MODEL_DEADLINE_MS}}
    with session(options.folder, quiet, {"complete": options.model}) as talk:
        code = _measure(ServerSubject(talk), {}, files, options)
        for sentence in dict.fromkeys(talk.told):
            print(sentence, file=sys.stderr)
        return code


def _agreement(files: list[SourceFile], options: argparse.Namespace) -> int:
    from foretype.cli.agreement import agreement_lines, measure_agreement

    try:
        found = asyncio.run(
            measure_agreement(options.model, _chosen(files, options), options.holes, options.seed)
        )
    except ForetypeError as problem:
        print(f"foretype eval: {problem}", file=sys.stderr)
        return 1
    _print(options.json, asdict(found), lambda: agreement_lines(options.model, found))
    return 0


def _chosen(files: list[SourceFile], options: argparse.Namespace) -> list[SourceFile]:
    return [file for file in files if not options.suffix or file.path.endswith(tuple(options.suffix))]


def _measure(
    subject: Subject, learning: dict[str, float], files: list[SourceFile], options: argparse.Namespace
) -> int:
    if options.typist:
        return _typist(subject, options)
    chosen = _chosen(files, options)
    if not chosen:
        print(f"foretype eval: no code to measure on in {options.folder}", file=sys.stderr)
        return 1
    holes = cut_holes(chosen, options.holes, options.seed)
    result = score(list(try_holes(subject, chosen, holes, below=not options.above_only)), subject.threshold)
    _print(options.json, {**learning, **asdict(result)}, lambda: _table(options, learning, result))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="foretype eval",
        description="Cut lines of your code at random characters and see how often the rest is predicted.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path(), help="whose code (default: this folder)"
    )
    parser.add_argument("--model", default=BUILTIN, help=f"what to measure (default: {BUILTIN})")
    parser.add_argument("--holes", type=int, default=300, metavar="N", help="how many holes (default: 300)")
    parser.add_argument("--seed", type=int, default=1, help="which holes (default: 1)")
    parser.add_argument("--suffix", action="append", metavar=".EXT", help="only in these files; repeatable")
    parser.add_argument("--file-alone", action="store_true", help="learn from the open file only")
    parser.add_argument("--above-only", action="store_true", help="the file ends at the cursor")
    parser.add_argument("--typist", type=Path, metavar="FILE", help="type this file from empty instead")
    parser.add_argument(
        "--agreement",
        action="store_true",
        help="how often a local model's answer stays the same if what follows the cursor is not read again",
    )
    parser.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _learn(files: list[SourceFile], file_alone: bool) -> tuple[PredictorSubject, dict[str, float]]:
    predictor = Predictor()
    gc.collect()
    before = resident_bytes()
    start = perf_counter()
    segment = None if file_alone else build(files)
    seconds = perf_counter() - start
    predictor.learned(segment)
    gc.collect()
    characters = 0 if file_alone else sum(len(file.text) for file in files)
    return PredictorSubject(predictor), {
        "workspace_characters": characters,
        "indexed_in_s": round(seconds, 2),
        "resident_mb": round((resident_bytes() - before) / 1e6, 1),
    }


def _typist(subject: Subject, options: argparse.Namespace) -> int:
    try:
        text = options.typist.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"foretype eval: {options.typist} cannot be read: {error}", file=sys.stderr)
        return 1
    path = str(options.typist.resolve())
    replay = type_file(subject, SourceFile(path, family_of(path), text))
    figures = {
        "characters": replay.characters,
        "keys_saved": round(replay.keys_saved, 4),
        "shown_per_100_keys": round(replay.per_100_keys(replay.shown), 2),
        "right_per_100_keys": round(replay.per_100_keys(replay.right), 2),
        "wrong_per_100_keys": round(replay.per_100_keys(replay.wrong), 2),
    }
    _print(options.json, figures, lambda: _replay_lines(replay, figures))
    return 0


def _print(as_json: bool, figures: dict[str, Any], lines: Callable[[], list[str]]) -> None:
    print(json.dumps(figures, indent=2) if as_json else "\n".join(lines()))


def _table(options: argparse.Namespace, learning: dict[str, float], result: Score) -> list[str]:
    is_sure = bool(learning)  # only the predictor says how sure it is
    shown = f"shown from {result.threshold:.2f} on" if is_sure else "answered"
    scope = (", file alone" if options.file_alone else ", file + workspace") if is_sure else ""
    read = (
        f"; workspace of {learning['workspace_characters'] / 1e6:.1f} million characters indexed in"
        f" {learning['indexed_in_s']} s, {learning['resident_mb']} MB"
        if is_sure
        else ""
    )
    return [
        f"{options.model}{scope}{', above only' if options.above_only else ''}",
        f"  {result.holes} holes, seed {options.seed}{read}",
        f"  exact                 {result.right:7.1%}   ({result.right_if_long:.1%} of the longer rests)",
        *(_surest(result) if is_sure else ()),
        f"  {shown:<21} {result.shown:7.1%}   of which right {result.right_if_shown:.1%}",
        (
            f"  with a second line    {result.second_lines:7.1%}"
            f"   of which right {result.right_if_second_line:.1%}, both lines"
        ),
        f"  time for an answer    {result.p50_ms:.2f} ms p50, {result.p95_ms:.2f} ms p95",
        *(_reliability(result) if is_sure else ()),
    ]


def _surest(result: Score) -> list[str]:
    return [f"  exact, surest {rate:>5}   {right:7.1%}" for rate, right in result.precision_at.items()]


def _reliability(result: Score) -> list[str]:
    return [
        "  probability   answers   claimed   right",
        *(f"  {r.band:<11} {r.answers:9} {r.claimed:9.1%} {r.right:7.1%}" for r in result.reliability),
    ]


def _replay_lines(replay: Replay, figures: dict[str, float]) -> list[str]:
    return [
        f"{replay.characters} characters typed; {figures['keys_saved']:.1%} of the keys saved",
        (
            f"  per 100 keys: {figures['shown_per_100_keys']} suggestions shown,"
            f" {figures['right_per_100_keys']} right, {figures['wrong_per_100_keys']} wrong"
        ),
    ]
