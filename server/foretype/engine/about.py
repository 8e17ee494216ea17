"""`python -m foretype.engine.about`: what the library can do on this machine, as one line of JSON."""

from __future__ import annotations

import json
import sys

from foretype.engine import llama
from foretype.engine.cores import default_threads


def main() -> None:
    llama.begin()
    sys.stdout.write(json.dumps({"gpu": llama.has_gpu(), "threads": default_threads()}) + "\n")


if __name__ == "__main__":
    main()
