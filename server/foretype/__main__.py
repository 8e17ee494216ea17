"""The `foretype` command, and `python -m foretype`."""

from __future__ import annotations

import sys

from foretype.cli import run


def main() -> None:
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
