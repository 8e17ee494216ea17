"""Fits the predictor's confidence on folders of code, and writes the weights into the package.

    python tests/bench/fit_confidence.py FOLDER ... [--holes N] [--write]

Every folder is a workspace of its own. Holes are tried with and without the workspace and the lines below, so
that one weighting serves a finished file and one that is being typed. Weights are fitted by iterated weighted
least squares with a ridge; the reliability that is printed is of folders left out of the fit.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from math import exp
from pathlib import Path

from foretype.evaluation.holes import Hole, cut_holes
from foretype.predictor import confidence
from foretype.predictor.building import SourceFile, build
from foretype.predictor.confidence import Confidence
from foretype.predictor.predictor import Candidate, Predictor
from foretype.predictor.search import Effort
from foretype.predictor.traits import TRAITS
from foretype.predictor.walking import Walk

WEIGHTS = Path(confidence.__file__).parent / confidence.WEIGHTS_FILE
RIDGE = 1e-4
THRESHOLD = 0.6


@dataclass(frozen=True)
class Example:
    """The candidates at a hole, each with its traits and whether it was right."""

    folder: str
    candidates: list[tuple[tuple[float, ...], bool]]


def examples(folder: Path, holes: int, suffixes: tuple[str, ...]) -> Iterator[Example]:
    files = sorted(Walk([folder]).files())
    code = [file for file in files if file.path.endswith(suffixes)]
    segment = build(files)
    for seed, (workspace, below) in enumerate(product((True, False), (True, False))):
        predictor = Predictor(Effort(deadline_s=1.0), Confidence({}, 0.0))
        predictor.learned(segment if workspace else None)
        for hole in cut_holes(code, holes, 100 + seed):
            candidates = candidates_at(predictor, code[hole.file], hole, below)
            judged = [(c.traits, c.prediction.text.rstrip() == hole.rest) for c in candidates]
            yield Example(folder.name, judged)


def candidates_at(predictor: Predictor, file: SourceFile, hole: Hole, below: bool) -> list[Candidate]:
    lines = file.text.splitlines()
    rest = lines[hole.line + 1 :] if below else []
    lines = [*lines[: hole.line], lines[hole.line][: hole.column], *rest]
    predictor.opened("", file.path, file.family, lines)
    return predictor.candidates("", hole.line, hole.column)


def fit(some: Sequence[Example]) -> list[float]:
    """Weights of the traits by Newton's method on the logistic loss."""
    rows = [candidate for example in some for candidate in example.candidates]
    size = len(TRAITS)
    weights = [0.0] * size
    for _ in range(8):
        gradient = [-RIDGE * len(rows) * weight for weight in weights]
        curvature = [[RIDGE * len(rows) * (i == j) for j in range(size)] for i in range(size)]
        for traits, is_right in rows:
            probability = 1 / (1 + exp(-sum(w * t for w, t in zip(weights, traits, strict=False))))
            slope = probability * (1 - probability)
            present = [(i, trait) for i, trait in enumerate(traits) if trait]
            for i, trait in present:
                gradient[i] += (is_right - probability) * trait
                scaled, row = slope * trait, curvature[i]
                for j, other in present:
                    row[j] += scaled * other
        step = solve(curvature, gradient)
        weights = [weight + change for weight, change in zip(weights, step, strict=False)]
        if max(map(abs, step)) < 1e-4:
            break
    return weights


def solve(matrix: list[list[float]], vector: list[float]) -> list[float]:
    """The solution of a positive definite system, by elimination."""
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=False)]
    for at, pivot in enumerate(rows):
        for below in rows[at + 1 :]:
            factor = below[at] / pivot[at]
            for column in range(at, len(pivot)):
                below[column] -= factor * pivot[column]
    solution = [0.0] * len(rows)
    for at in range(len(rows) - 1, -1, -1):
        known = sum(rows[at][column] * solution[column] for column in range(at + 1, len(rows)))
        solution[at] = (rows[at][-1] - known) / rows[at][at]
    return solution


def best(example: Example, weights: Sequence[float]) -> tuple[float, bool]:
    """The probability of the likeliest candidate, and whether it was right."""
    judge = Confidence(dict(zip(TRAITS, weights, strict=False)), 0.0)
    return max(
        ((judge.of(traits), is_right) for traits, is_right in example.candidates), default=(0.0, False)
    )


def left_out(some: Sequence[Example]) -> list[tuple[float, bool]]:
    """What is answered in each folder by weights that were fitted without it, a fifth of them at a time."""
    folders = sorted({example.folder for example in some})
    answers = []
    for part in range(min(5, len(folders))):
        tried = set(folders[part::5])
        weights = fit([example for example in some if example.folder not in tried])
        answers += [best(example, weights) for example in some if example.folder in tried]
    return answers


def report(answers: Sequence[tuple[float, bool]]) -> None:
    print("threshold   shown   right of those shown")
    for tenth in range(1, 10):
        shown = [is_right for probability, is_right in answers if probability >= tenth / 10]
        print(f"{tenth / 10:9.1f} {len(shown) / len(answers):7.1%} {sum(shown) / max(1, len(shown)):7.1%}")
    print("probability   answers   claimed   right")
    for tenth in range(10):
        band = [answer for answer in answers if tenth / 10 <= answer[0] < (tenth + 1) / 10]
        if band:
            claimed, right = (sum(column) / len(band) for column in zip(*band, strict=False))
            print(f"{tenth / 10:11.1f} {len(band):9} {claimed:9.1%} {right:7.1%}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--holes", type=int, default=150)
    parser.add_argument("--suffixes", nargs="+", default=[".py", ".js", ".ts"])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    some = [e for folder in options.folders for e in examples(folder, options.holes, tuple(options.suffixes))]
    print(f"{len(some)} holes in {len(options.folders)} folders")
    report(left_out(some))
    if options.write:
        fitted = {
            "fitted_on": sorted(folder.name for folder in options.folders),
            "holes": len(some),
            "threshold": THRESHOLD,
            "weights": {name: round(weight, 4) for name, weight in zip(TRAITS, fit(some), strict=False)},
        }
        WEIGHTS.write_text(json.dumps(fitted, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
