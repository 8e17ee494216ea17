"""`foretype status`: the account, which model answers for what, what was spent, and what is wrong."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

from foretype.cli.account import Here, check, lines_about, look_around, search
from foretype.cli.reach import models_at_hand
from foretype.config.settings import Role
from foretype.flows.access import places_of
from foretype.flows.account import NOBODY
from foretype.flows.providers.budget import Limit
from foretype.flows.roles import Chosen

EXAMPLE = """\
example:
    foretype status           the exit code is 1 if something keeps your models from answering
    foretype status --json    the same, for a program
"""


@dataclass(frozen=True)
class Outlook:
    """What a server that started now would say: who answers, and how much of each limit is used."""

    roles: Mapping[Role, Chosen]
    limits: tuple[Limit, ...]
    uses_router: bool


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
    outlook = asyncio.run(looked_out(here))
    problems = [*here.problems, *(f"{refused.sentence}." for refused in found.refused)]
    if as_json:
        content = {
            "account": view.told(),
            "roles": {role: asdict(one) for role, one in outlook.roles.items()},
            "limits": [asdict(limit) for limit in outlook.limits],
            "problems": problems,
        }
        print(json.dumps(content, indent=2))
    else:
        roles = outlook.roles
        lines = (
            *lines_about(view),
            *map(line_about, roles, roles.values()),
            *(f"budget    {limit}" for limit in outlook.limits),
            *(f"wrong     {problem}" for problem in problems),
        )
        print("\n".join(lines))
    return int(bool(problems) or (outlook.uses_router and not view.is_good))


async def looked_out(here: Here) -> Outlook:
    """By a server's own registry: with what was picked by hand, what is on the disk, what was spent."""
    async with models_at_hand(here) as models:
        registry, knowledge = models.registry(), models.knowledge
        await knowledge.remote.at_hand(places_of(here.settings, models.access))
        return Outlook(
            registry.outlooks(),
            tuple(knowledge.spending(here.settings.budget).limits()),
            registry.uses_router(),
        )


def line_about(role: str, one: Chosen) -> str:
    reason = f"  ({one.reason})" if one.reason else ""
    return f"{role:<10}{one.model or '–'}{reason}"
