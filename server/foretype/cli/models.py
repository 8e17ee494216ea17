"""`foretype models`: what Foretype knows and keeps on this machine."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence

from foretype.config.environment import read_environment
from foretype.config.files import locate
from foretype.flows.learning import CACHE_FOLDER
from foretype.predictor.segment_file import forget

EXAMPLE = """\
example:
    foretype models rm builtin:workspace    forget everything that was learned from your own code
"""
LEARNED = "builtin:workspace"


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype models",
        description="Models on this machine.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="rm")
    remove = actions.add_parser("rm", help="remove a model from this machine")
    remove.add_argument("model", choices=[LEARNED], help="which one")
    parser.parse_args(arguments)
    return forget_workspace()


def forget_workspace() -> int:
    """Remove what the predictor keeps of every workspace; a running server forgets when it ends."""
    cache = locate(read_environment(os.environ)).cache
    forgotten = forget(cache / CACHE_FOLDER) if cache else 0
    print(f"{forgotten} workspaces are forgotten; an editor that is open learns anew")
    return 0
