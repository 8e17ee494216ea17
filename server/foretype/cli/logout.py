"""`foretype logout`: forgets the token that `foretype login` kept."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from foretype.cli.account import look_around, search
from foretype.flows.token_places import TokenPlaces
from foretype.keys.token_search import TOKEN_FILE

EXAMPLE = """\
example:
    foretype logout    what other programs keep is left alone, and named
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype logout",
        description="Forgets the Hugging Face token that `foretype login` kept.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--json", action="store_true", help="print what was forgotten and what is left as JSON"
    )
    as_json = parser.parse_args(arguments).json
    here = look_around()
    forgotten = TokenPlaces(here.folders.key_file).forget()
    left = search(here).found
    if as_json:
        print(json.dumps({"forgotten": list(forgotten), "left": left.source if left else ""}, indent=2))
        return 0
    print(f"Forgotten: {', '.join(forgotten)}." if forgotten else "No token was kept here.")
    if left is not None:
        print(f"There is still a token in {place_of(left.source)}; Foretype uses it as long as it is there.")
    return 0


def place_of(source: str) -> str:
    if source == TOKEN_FILE:
        return "the file of `hf auth login`, which is not Foretype's to remove (`hf auth logout` is for that)"
    return source
