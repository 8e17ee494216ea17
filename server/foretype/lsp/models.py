"""foretype.models and foretype.select_model: what a picker shows, and what the user picks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

from foretype.config.settings import ROLES, Role
from foretype.errors import ModelIdError
from foretype.flows.access import places_of
from foretype.flows.providers.provider import Row
from foretype.flows.providers.registry import Registry
from foretype.flows.providers.selection import Selection
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.protocol import ModelInfo, ModelsParams, ModelsResult, SelectModelParams
from foretype.lsp.server import Server


def commands_of(server: Server, registry: Callable[[], Registry], selection: Selection) -> dict[str, Command]:
    async def models(arguments: Sequence[Json]) -> Json:
        """At once what is known; what is old is gathered meanwhile, for whoever asks again."""
        asked = server.argument(arguments or [{}], ModelsParams, "foretype.models")
        now = registry()
        remote = now.access.knowledge.remote
        await remote.fill_in(places_of(now.settings, now.access))
        listing = await now.list(tuple(asked.filter.split()), role_in(asked.role) if asked.role else None)
        rows = [info(row) for row in listing.rows]
        result = ModelsResult(rows, listing.age_s, listing.is_complete, list(listing.problems))
        return server.protocol.unstructure(result)

    async def select(arguments: Sequence[Json]) -> Json:
        """Put a model first in its role; no model gives the role back to the settings."""
        asked = server.argument(arguments, SelectModelParams, "foretype.select_model")
        try:
            outlook = await selection.select(role_in(asked.role), asked.model)
        except ModelIdError as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, str(problem)) from problem
        return asdict(outlook)

    return {"foretype.models": models, "foretype.select_model": select}


def role_in(written: str) -> Role:
    for role in ROLES:
        if role == written:
            return role
    raise RpcError(ErrorCode.INVALID_PARAMS, f"the role must be one of {', '.join(ROLES)}")


def info(row: Row) -> ModelInfo:
    shown = asdict(row)
    del shown["servings"]
    return ModelInfo(**{**shown, "roles": list(row.roles)})
