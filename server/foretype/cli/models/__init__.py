"""`foretype models`: what Foretype knows and keeps on this machine; one module for each action."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass

EXAMPLE = """\
example:
    foretype models list                           models on this machine, running here, and to be had
    foretype models list coder --role complete     only those with the word, for that role
    foretype models search qwen coder              GGUF repositories; with owner/name, the files of one
    foretype models pull local:qwen2.5-coder-1.5b  download one; it goes on where it broke off
    foretype models show local:qwen2.5-coder-1.5b  where it is, and whether it fits into memory
    foretype models show hf:owner/name             how it is asked to fill in code, and why so
    foretype models ps                             what is loaded now
    foretype models rm local:qwen2.5-coder-1.5b    remove what was downloaded
    foretype models rm builtin:workspace           forget everything that was learned from your own code
"""


@dataclass(frozen=True)
class Action:
    """A row of the help; its module has `run(options) -> exit code`."""

    module: str
    summary: str
    model: str = ""
    words: str = ""
    has_role: bool = False
    has_changed: bool = False
    has_json: bool = True


ACTIONS = {
    "list": Action(
        "foretype.cli.models.listing",
        "models on this machine, at your servers, and those it could have",
        words="*",
        has_role=True,
    ),
    "search": Action("foretype.cli.models.searching", "GGUF repositories of the Hub", words="+"),
    "show": Action("foretype.cli.models.showing", "what is known of a model", "such as hf:owner/name"),
    "pull": Action(
        "foretype.cli.models.pulling",
        "download a model",
        "such as local:qwen2.5-coder-1.5b",
        has_changed=True,
    ),
    "rm": Action(
        "foretype.cli.models.removing", "remove a model from this machine", "which one", has_json=False
    ),
    "ps": Action("foretype.cli.models.loaded", "models that are loaded now"),
}


def run(arguments: Sequence[str]) -> int:
    import argparse

    parser = argparse.ArgumentParser(
        prog="foretype models",
        description="Models on this machine, and what is known of those on Hugging Face.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="|".join(ACTIONS))
    for name, action in ACTIONS.items():
        own = actions.add_parser(name, help=action.summary, description=action.summary)
        if action.model:
            own.add_argument("model", help=action.model)
        if action.words:
            own.add_argument("words", nargs=action.words, metavar="WORD", help="only what has every word")
        if action.has_role:
            own.add_argument(
                "--role", help="only models for this role: complete, edit, chat, embed, next_edit"
            )
        if action.has_changed:
            own.add_argument("--changed", action="store_true", help="also a file that has changed at the Hub")
        if action.has_json:
            own.add_argument("--json", action="store_true", help="print it as JSON")
    options = parser.parse_args(arguments)
    return int(importlib.import_module(ACTIONS[options.action].module).run(options))
