"""`foretype stats`: what was asked of models, what it took, and what became of suggestions."""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from foretype.cli.account import Here, look_around
from foretype.cli.reach import models_at_hand
from foretype.flows.access import places_of
from foretype.flows.providers.budget import ASSUMED_PRICE, Spending
from foretype.stats.summary import Row, Summary, summary_of

EXAMPLE = """\
example:
    foretype stats              the last thirty days
    foretype stats --days 7 --json
"""
WIDTH = 40
HEADING = (
    f"{'MODEL':<46} {'ROLE':<9} {'ASKED':>6} {'FAILED':>6} {'TOKENS':>9} {'FIRST p50':>9} {'p95':>8} {'$':>8}"
)


def run(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="foretype stats",
        description="What was asked of models and what came of it. It is kept on this machine, without code.",
        epilog=EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--days", type=days, default=30, help="how many days back, today included")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    options = parser.parse_args(arguments)
    here = look_around()
    summary = summary_of(here.folders.history_file, options.days, time.time())
    spending = asyncio.run(spending_of(here))
    if options.json:
        limits = [asdict(limit) for limit in spending.limits()]
        print(json.dumps({**asdict(summary), "spent": asdict(spending.spent), "limits": limits}, indent=2))
    else:
        print("\n".join(told(summary, spending)))
    return 0


def days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 400:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of days from 1 to 400")
    return int(text)


async def spending_of(here: Here) -> Spending:
    """Today's and this month's sums, beside the limits of the user's own config.toml."""
    async with models_at_hand(here) as models:
        await models.knowledge.remote.at_hand(places_of(here.settings, models.access))
        return models.knowledge.spending(here.settings.budget)


def told(summary: Summary, spending: Spending) -> Iterator[str]:
    shown = summary.suggestions
    yield (
        f"Since {summary.first_day}: {shown['shown']} suggestions shown, {shown['accepted']} accepted, "
        f"{shown['rejected']} rejected."
    )
    for limit in spending.limits():
        yield f"Hugging Face's models: {limit}."
    if assumed := spending.spent.assumed_usd:
        yield (
            f"Of this month's, ${assumed:.4f} is reckoned at ${ASSUMED_PRICE.input:g} for a million tokens "
            f"read and ${ASSUMED_PRICE.output:g} written, because nobody says what those models cost."
        )
    if not summary.models:
        yield "No model was asked."
        return
    yield ""
    yield from chart(summary.days)
    yield ""
    yield HEADING
    yield from map(model_line, summary.models)


def chart(rows: Sequence[Row]) -> Iterator[str]:
    """A bar for each day, as long as its tokens."""
    tokens: dict[str, int] = defaultdict(int)
    for row in rows:
        tokens[row["day"]] += row["prompt_tokens"] + row["completion_tokens"]
    most = max(tokens.values(), default=0) or 1
    for day, count in sorted(tokens.items()):
        yield f"{day}  {'█' * max(1, round(WIDTH * count / most)):<{WIDTH}} {count:>10,} tokens"


def model_line(row: Row) -> str:
    times = [f"{s * 1000:.0f} ms" if s is not None else "" for s in latencies(row)]
    tokens = f"{'~' if row['is_estimated'] else ''}{row['prompt_tokens'] + row['completion_tokens']:,}"
    cost = f"{row['cost_usd']:.4f}" if row["cost_usd"] is not None else ""
    name = row["model"] if row["provider"] in row["model"] else f"{row['model']} at {row['provider']}"
    return (
        f"{name:<46} {row['role']:<9} {row['requests']:>6} {row['failed']:>6} {tokens:>9} "
        f"{times[0]:>9} {times[1]:>8} {cost:>8}"
    ).rstrip()


def latencies(row: Row) -> tuple[float | None, float | None]:
    return row["first_word_p50_s"], row["first_word_p95_s"]
