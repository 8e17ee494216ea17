"""`make bench`: the benchmarks one after the other, or those that are named."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent
BENCHMARKS = ("start", "edits", "postprocess", "predictor", "local_engine")


def main(names: list[str]) -> None:
    for name in names or BENCHMARKS:
        print(f"\n== {name}")
        runpy.run_path(str(HERE / f"{name}.py"), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
