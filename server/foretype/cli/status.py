"""`foretype status`: the account, which model answers for what, and what is wrong."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict

from foretype.backends.breaker import CircuitBreaker
from foretype.cli.account import check, lines_about, look_around, search
from foretype.flows.access import uses_router
from foretype.flows.account import NOBODY
from foretype.flows.roles import Chosen, chosen

EXAMPLE = """\
example:
    foretype status           the exit code is 1 if something keeps your models from answering
    foretype status --json    the same, for a program
"""


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype status",
        description="Your account at Hugging Face, which model answers for what, and what is wrong.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    as_json = parser.parse_args(arguments).json
    here = look_around()
    found = search(here)
    view = check(here, found.found) if found.found else NOBODY
    roles = chosen(here.settings, found.found.key if found.found else None, CircuitBreaker())
    problems = [*here.problems, *(f"{refused.sentence}." for refused in found.refused)]
    if as_json:
        content = {
            "account": view.told(),
            "roles": {role: asdict(one) for role, one in roles.items()},
            "problems": problems,
        }
        print(json.dumps(content, indent=2))
    else:
        print("\n".join([*lines_about(view), *map(line_about, roles, roles.values()), *map(wrong, problems)]))
    return int(bool(problems) or (uses_router(here.settings) and not view.is_good))


def line_about(role: str, one: Chosen) -> str:
    reason = f"  ({one.reason})" if one.reason else ""
    return f"{role:<10}{one.model or '–'}{reason}"


def wrong(problem: str) -> str:
    return f"wrong     {problem}"
