"""`foretype serve`: an OpenAI-compatible endpoint on this machine, for editors that speak only that."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from foretype.serving.key_file import ServeKey
from foretype.serving.process import serve

PORT = 8377
EXAMPLE = """\
example:
    foretype serve                prints the key once; `foretype setup zed` is for this port
    foretype serve --port 9000 --new-key
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype serve",
        description="Serves /v1/models, /v1/completions (with suffix) and /v1/chat/completions on 127.0.0.1 "
        "with the models of your config.toml, until it is stopped.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--port", type=int, default=PORT, help=f"the port, {PORT} unless named; 0 is a free one"
    )
    parser.add_argument("--new-key", action="store_true", help="make a new key; the old one ends")
    parser.add_argument(
        "--log-level", choices=["error", "warning", "info", "debug", "trace"], default="warning"
    )
    options = parser.parse_args(arguments)
    serve(options.port, tell, log_level=options.log_level, new_key=options.new_key)
    return 0


def tell(port: int, key: ServeKey) -> None:
    """The key is shown where it was just made, and never again."""
    print(f"serving   http://127.0.0.1:{port}/v1", flush=True)
    if key.is_new:
        print(f"key       {key.key.reveal()}\n          It is shown this once.", flush=True)
    print(f"          The key is kept in {key.path}, which only you can read.", flush=True)
