"""`foretype login`: takes a Hugging Face token, checks it, and keeps it."""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from collections.abc import Sequence

from foretype.cli.account import Here, check, lines_about, look_around, search
from foretype.errors import ForetypeError, KeyFormatError
from foretype.flows.account import LOGIN_PAGE, State, View
from foretype.flows.token_places import TokenPlaces
from foretype.keys.key import LONGEST_KEY, Key, parse_key
from foretype.keys.token_search import FoundToken

EXAMPLE = """\
example:
    foretype login                    asks for the token, and does not show it
    pass show hf | foretype login     takes it from another program
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype login",
        description="Checks a Hugging Face token and keeps it: in the system's keyring, else in a private "
        "file. It is read from the terminal or from stdin, never from the command line.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print the account as JSON")
    as_json = parser.parse_args(arguments).json
    here = look_around()
    key = ask_for_key()
    view = check(here, FoundToken(key, "login"), afresh=True)
    if view.state is not State.CONNECTED:
        raise ForetypeError(f"{view.problem} The token is not kept.")
    kept_in = TokenPlaces(here.folders.key_file).keep(key)
    tell(view, kept_in, hidden_by(here, key), as_json=as_json)
    return 0 if view.is_good else 1


def ask_for_key() -> Key:
    if sys.stdin.isatty():
        print(f"A token that may call models is made here:\n{LOGIN_PAGE}", file=sys.stderr)
        written = getpass.getpass("Token (it is not shown): ")
    else:
        written = sys.stdin.readline(LONGEST_KEY + 2)
    try:
        return parse_key(written)
    except KeyFormatError as problem:
        raise ForetypeError(f"the token {problem}.") from None


def hidden_by(here: Here, key: Key) -> str:
    """The place whose token counts before the one that is kept."""
    found = search(here).found
    return found.source if found is not None and found.key != key else ""


def tell(view: View, kept_in: str, hidden_by: str, *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"account": view.told(), "kept_in": kept_in, "hidden_by": hidden_by}, indent=2))
        return
    print("\n".join(lines_about(view)))
    print(f"kept in   {kept_in}")
    if hidden_by:
        print(f"          The token in {hidden_by} counts before it, as long as that is there.")
