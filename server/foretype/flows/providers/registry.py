"""Every source of models, several at once: made anew from the settings in force, over what is known."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from foretype.backends.endpoint import Endpoint
from foretype.config.settings import ROLES, Role, Settings
from foretype.errors import ModelIdError
from foretype.flows.access import Access, endpoint_of, ollama_of
from foretype.flows.providers.builtin import BuiltinProvider
from foretype.flows.providers.defaults import chain_of
from foretype.flows.providers.endpoint import EndpointProvider
from foretype.flows.providers.local import LocalProvider
from foretype.flows.providers.provider import Listing, Provider, Row
from foretype.flows.providers.router import RouterProvider
from foretype.flows.roles import Chosen, chosen
from foretype.models.ids import ModelId, Runs, parse_model_id


@dataclass(frozen=True)
class Registry:
    settings: Settings
    access: Access

    def providers(self) -> tuple[Provider, ...]:
        declared = (self._declared(name) for name in self.settings.endpoints)
        ollama = ollama_of(self.access.environment)
        return (
            BuiltinProvider(self.settings, self.access),
            LocalProvider(self.settings, self.access),
            *((self._ollama(ollama),) if ollama else ()),
            *declared,
            RouterProvider(self.settings, self.access),
        )

    def provider_of(self, model: ModelId) -> Provider:
        if model.runs is Runs.ENDPOINT:
            return self._declared(model.endpoint)
        if model.runs is Runs.OLLAMA and (ollama := ollama_of(self.access.environment)):
            return self._ollama(ollama)
        if model.runs is Runs.ROUTER:
            return RouterProvider(self.settings, self.access)
        if model.runs is Runs.BUILTIN:
            return BuiltinProvider(self.settings, self.access)
        return LocalProvider(self.settings, self.access)

    def parse(self, written: str) -> ModelId:
        return parse_model_id(written, self.settings.endpoints)

    def models_for(self, role: Role) -> Iterator[ModelId]:
        """The models of a role in their order; an id that says nothing known is told elsewhere."""
        parsed = map(self._parsed, chain_of(role, self.settings, self.access))
        return (model for model in parsed if model is not None and self._can_be_reached(model))

    def uses_router(self) -> bool:
        """Whether some role has a model of Hugging Face, named or by default."""
        return any(model.runs is Runs.ROUTER for role in ROLES for model in self.models_for(role))

    def _can_be_reached(self, model: ModelId) -> bool:
        return model.runs is not Runs.OLLAMA or ollama_of(self.access.environment) is not None

    def in_turn(self, role: Role) -> Iterator[ModelId]:
        """The models of a role as they are asked: one that failed stands behind those that are well.

        The order among those that are well stays the user's, and so does the place of their own code,
        which answers at once.
        """
        models = tuple(self.models_for(role))
        servers = [model for model in models if model.runs is not Runs.BUILTIN]
        if len(servers) > 1:
            servers.sort(key=lambda model: self.provider_of(model).trouble(model, role) is not None)
        turns = iter(servers)
        return (model if model.runs is Runs.BUILTIN else next(turns) for model in models)

    def outlook(self, role: Role) -> Chosen:
        """The model that would answer for a role now, and what stands against those before it."""
        return chosen(role, chain_of(role, self.settings, self.access), partial(self._obstacle, role))

    def _obstacle(self, role: Role, written: str) -> str:
        try:
            model = self.parse(written)
        except ModelIdError as problem:
            return str(problem)
        if not self._can_be_reached(model):
            return "OLLAMA_HOST does not name this machine"
        return self.provider_of(model).check(model, role)

    def outlooks(self) -> dict[Role, Chosen]:
        return {role: self.outlook(role) for role in ROLES}

    async def list(self, words: tuple[str, ...] = (), role: Role | None = None) -> Listing:
        """What every provider has, as far as it is known; one that fails leaves the others' rows alone."""
        listings = await asyncio.gather(*(provider.list() for provider in self.providers()))
        ages = [listing.age_s for listing in listings if listing.age_s is not None]
        rows = (row for listing in listings for row in listing.rows)
        return Listing(
            tuple(row for row in rows if row.has(words) and (role is None or role in row.roles)),
            max(ages, default=None),
            all(listing.is_complete for listing in listings),
            sum((listing.problems for listing in listings), ()),
        )

    def resolve(self, written: str) -> Row:
        model = self.parse(written)
        return self.provider_of(model).resolve(model)

    def _parsed(self, written: str) -> ModelId | None:
        try:
            return self.parse(written)
        except ModelIdError:
            return None

    def _ollama(self, endpoint: Endpoint) -> EndpointProvider:
        return EndpointProvider(self.settings, self.access, endpoint, Runs.OLLAMA)

    def _declared(self, name: str) -> EndpointProvider:
        endpoint = endpoint_of(self.settings.endpoints[name], self.access.environment)
        return EndpointProvider(self.settings, self.access, endpoint)
