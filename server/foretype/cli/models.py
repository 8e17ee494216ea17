"""`foretype models`: what Foretype knows and keeps on this machine."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict

from foretype.backends.probe import Standing
from foretype.backends.standings import Standings, as_json
from foretype.cli import models_list, models_search, models_show
from foretype.config.environment import read_environment
from foretype.config.files import locate
from foretype.errors import ForetypeError
from foretype.flows.learning import CACHE_FOLDER
from foretype.models.ids import WORKSPACE, ModelId, Runs, parse_model_id
from foretype.predictor.segment_file import forget

EXAMPLE = """\
example:
    foretype models list coder --role complete    what can be had here and at Hugging Face
    foretype models search qwen coder    GGUF repositories; with owner/name, the files of one
    foretype models show hf:Qwen/Qwen2.5-Coder-32B-Instruct    how it is asked to fill in code, and why so
    foretype models rm builtin:workspace    forget everything that was learned from your own code
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype models",
        description="Models on this machine, and what is known of those on Hugging Face.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(dest="action", required=True, metavar="list|search|show|rm")
    models_list.add_arguments(actions.add_parser("list", help="every model that can be had"))
    models_search.add_arguments(actions.add_parser("search", help="GGUF repositories of the Hub"))
    show = actions.add_parser("show", help="what was found out about a model of Hugging Face")
    show.add_argument("model", help="such as hf:owner/name")
    show.add_argument("--json", action="store_true", help="print it as JSON")
    remove = actions.add_parser("rm", help="remove a model from this machine")
    remove.add_argument("model", choices=[WORKSPACE], help="which one")
    options = parser.parse_args(arguments)
    if options.action == "list":
        return models_list.run(options)
    if options.action == "search":
        return models_search.run(options)
    if options.action == "show":
        return show_model(parse_model_id(options.model), as_program_reads=options.json)
    return forget_workspace()


def show_model(model: ModelId, *, as_program_reads: bool) -> int:
    """What the cache has of a model, for each router that was asked."""
    if model.runs is not Runs.ROUTER:
        raise ForetypeError(f"Only models of Hugging Face are shown, and {model} is none: try hf:owner/name.")
    known = Standings(locate(read_environment(os.environ)).cache).all_of(model.routed)
    row = models_show.row_of(str(model))
    if as_program_reads:
        content = {"model": str(model), "known": [as_json(*each) for each in known], "about": asdict(row)}
        print(json.dumps(content, indent=2))
        return 0
    print("\n".join(models_show.lines(row)), end="\n\n")
    if known:
        print("\n\n".join(told(model, origin, standing) for origin, standing in sorted(known, key=at_origin)))
    else:
        print(
            f"Nothing is known of {model} yet. It becomes known when an editor first completes with it: name "
            "it in `models.complete`, or try `foretype complete FILE:LINE:COL --model " + f"{model}`."
        )
    return 0


def at_origin(known: tuple[str, Standing]) -> str:
    return known[0]


def told(model: ModelId, origin: str, standing: Standing) -> str:
    """A few lines for a person."""
    attempt = standing.attempt
    way = attempt.rung.value if standing.can_fill else "none: this model cannot fill in code here"
    lines = [
        f"{model} at {origin}",
        f"    asked by     {way}",
        f"    provider     {attempt.provider or 'as the router chooses'}",
        f"    found out    {standing.found_at:%Y-%m-%d %H:%M %Z}",
        *(f"    passed over  {reason}" for reason in standing.passed_over),
    ]
    return "\n".join(lines)


def forget_workspace() -> int:
    """Remove what the predictor keeps of every workspace; a running server forgets when it ends."""
    cache = locate(read_environment(os.environ)).cache
    forgotten = forget(cache / CACHE_FOLDER) if cache else 0
    print(f"{forgotten} workspaces are forgotten; an editor that is open learns anew")
    return 0
