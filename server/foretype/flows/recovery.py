"""What is in trouble, and by which free question each may be found to work again."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from functools import partial

from foretype.backends.breaker import CircuitReport, Place
from foretype.config.settings import ROLES, Role
from foretype.flows.account import BILLING_PAGE, Account, State
from foretype.flows.checks import Subject
from foretype.flows.providers.registry import Registry
from foretype.models.ids import ModelId, Runs

SERVER_FIRST_S, SERVER_LONGEST_S = 2.0, 300.0
# Whose token it is, is not asked more often than a user may ask it by hand.
ACCOUNT_FIRST_S, ACCOUNT_LONGEST_S = 60.0, 3600.0


@dataclass(frozen=True)
class Troubled:
    """A model of some role that is passed over since it failed."""

    model: ModelId
    role: Role
    report: CircuitReport


def troubled(registry: Registry) -> Iterator[Troubled]:
    """The models in use, one for each place that failed: what a whole server lacks is one trouble."""
    seen: set[Place] = set()
    for role in ROLES:
        for model in registry.models_for(role):
            report = registry.provider_of(model).trouble(model, role)
            if report is not None and report.place not in seen:
                seen.add(report.place)
                yield Troubled(model, role, report)


def model_subjects(registry: Registry, found: Callable[[], None]) -> Iterator[Subject]:
    """`found` is called when a model may be asked that was passed over. A key that was refused is no subject:
    its server has said what it had to say."""
    for each in troubled(registry):
        report = each.report
        if report.is_doubted and report.retry_in_s is not None:
            look = partial(look_at, registry, each, found)
            yield Subject(str(each.model), look, SERVER_FIRST_S, SERVER_LONGEST_S)
        elif report.retry_in_s is not None:
            # Its time alone mends it; that it has come is told.
            wait_s = report.retry_in_s
            yield Subject(f"{each.model} waits", partial(tell, found), wait_s, wait_s, wait_s)


async def look_at(registry: Registry, each: Troubled, found: Callable[[], None]) -> None:
    provider = registry.provider_of(each.model)
    if await provider.is_back(each.model):
        place = each.report.place
        registry.access.upstream.breaker.vouch(place.origin, place.model)
        found()


async def tell(found: Callable[[], None]) -> None:
    found()


def account_subjects(account: Account, registry: Registry) -> Iterator[Subject]:
    """A token that was refused, or of which nobody could be asked, where some role needs it."""
    settings, view = registry.settings, account.view
    if registry.access.token.key is None or not registry.uses_router():
        return
    reports = [each.report for each in troubled(registry) if each.model.runs is Runs.ROUTER]
    is_refused = any(report.retry_in_s is None for report in reports)
    renew = partial(account.renew, settings.token, is_needed=False, is_quiet=True)
    # With `bill_to` a refusal may be about who pays, of which the Hub says nothing.
    if is_refused and (view.state is State.DISCONNECTED or not settings.bill_to):
        look: Callable[[], Awaitable[None]] = partial(renew, afresh=True)
        yield Subject("the token", look, ACCOUNT_FIRST_S, ACCOUNT_LONGEST_S)
    elif view.state is State.OFFLINE and not reports:
        yield Subject("the account", renew, SERVER_FIRST_S, SERVER_LONGEST_S)
    elif view.state is State.LIMITED and view.link != BILLING_PAGE and not reports:
        if view.identity is not None:
            yield Subject("the limit", account.passed, 0.0, 0.0)
        else:
            yield Subject("the account", renew, ACCOUNT_FIRST_S, ACCOUNT_LONGEST_S)
