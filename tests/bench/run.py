"""`make bench`: every benchmark beside this file, one after the other."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

HERE = Path(__file__).parent


def main(names: list[str]) -> None:
    for path in sorted(HERE.glob("*.py")):
        if path.stem != "run" and (not names or path.stem in names):
            print(f"\n== {path.stem}")
            runpy.run_path(str(path), run_name="__main__")


if __name__ == "__main__":
    main(sys.argv[1:])
