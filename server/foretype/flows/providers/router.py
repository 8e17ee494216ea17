"""Hugging Face's router as a source of models."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import quote

from foretype.backends.breaker import CircuitReport
from foretype.backends.cures import HUGGING_FACE
from foretype.backends.endpoint import Endpoint
from foretype.backends.ladder import Rung, endpoint_of
from foretype.backends.pages import PageError, page
from foretype.backends.providers import for_chat, router_root
from foretype.backends.upstream import route_of
from foretype.config.settings import ROLES, Role, Settings
from foretype.flows.access import Access, hugging_face, places_of, reach_of
from foretype.flows.completion.router_models import Reach
from foretype.flows.completion.router_writer import RouterWriter
from foretype.flows.completion.writer import Writer
from foretype.flows.conversing.model_answerers import RouterAnswerer
from foretype.flows.conversing.question import Answerer
from foretype.flows.providers.capabilities import capabilities_of
from foretype.flows.providers.health import Pulse
from foretype.flows.providers.metered import Metered, Metering
from foretype.flows.providers.provider import Listing, Row
from foretype.models.catalogue import Entry, catalogue
from foretype.models.ids import ModelId, Runs
from foretype.models.remote import RemoteModel, Serving, router_models_in
from foretype.prompt.asked import ChatPrompt, RawPrompt
from foretype.prompt.budget import prompt_tokens_for
from foretype.prompt.families import family_of

PAGE = "https://huggingface.co"
EMBEDS = "feature-extraction"
CHATS = ("conversational", "text-generation", "image-text-to-text")


@dataclass(frozen=True)
class RouterProvider:
    """Every repository that some provider serves, and any other by its name."""

    settings: Settings
    access: Access
    name: str = HUGGING_FACE

    async def list(self) -> Listing:
        """The list at hand; where it is old, a new one is gathered in the background."""
        remote, places = self.access.knowledge.remote, places_of(self.settings, self.access)
        known = await remote.at_hand(places)
        rows = [self._row(model) for model in known.models if model.live or model.is_private or model.gated]
        if not rows:
            rows = [self._from_catalogue(entry) for entry in catalogue().entries if entry.served]
        return Listing(tuple(rows), remote.age_s, not remote.is_gathering, known.problems)

    def check(self, model: ModelId, role: Role) -> str:
        if self.settings.router is None:
            return "FORETYPE_ROUTER_URL names no address that can be used"
        if self.access.token.key is None:
            return "there is no token"
        trouble = self.trouble(model, role)
        if trouble is not None:
            return trouble.reason
        reached = self.access.knowledge.spending(self.settings.budget).reached(role)
        return f"you allow {reached}" if reached else ""

    def trouble(self, model: ModelId, role: Role) -> CircuitReport | None:
        """On the one way by which the model is asked in this role: another that fails is no matter."""
        router = self.settings.router
        if router is None:
            return None
        endpoint = Endpoint(self.name, router.url, "openai")
        name, route = self._way(model, role, endpoint)
        troubles = self.access.upstream.breaker.troubles(endpoint.origin, name)
        return next((trouble for trouble in troubles if trouble.place.route in ("", route)), None)

    def _way(self, model: ModelId, role: Role, router: Endpoint) -> tuple[str, str]:
        """What the model is called where it is asked, and by which route."""
        if role != "complete":
            return model.routed, route_of(for_chat(router), ChatPrompt)
        attempt = self.access.router_models.way_to(router.origin, model.routed)
        if attempt is None:
            return model.routed, ""
        prompt = RawPrompt if attempt.rung is Rung.TEXT else ChatPrompt
        return attempt.model, route_of(endpoint_of(attempt, router), prompt)

    async def is_back(self, model: ModelId) -> bool:
        """What the router says of one model is public and free; a provider that is down is listed as such."""
        router = self.settings.router
        if router is None:
            return False
        root = router_root(router.url)
        endpoint = replace(hugging_face(root, None, self.access.environment), base_url=root)
        try:
            path = f"/v1/models/{quote(model.name, safe='/')}"
            answer = await page(self.access.upstream.connections, endpoint, path)
        except PageError:
            return False
        if answer.status == 404:  # works, and lists only what it chats with
            return True
        served = router_models_in({"data": [answer.content]}) if answer.status == 200 else ()
        return any(each.live for each in served)

    def resolve(self, model: ModelId) -> Row:
        known = self.access.knowledge.remote.known.find(model.name)
        entry = catalogue().find(model.name)
        if known is not None:
            return self._row(known, model)
        if entry is not None:
            return self._from_catalogue(entry, model)
        note = "No list that was seen has it; it is asked for all the same."
        return Row(str(model), model.name, "", roles_by_name(model.name), note=note, link=page_of(model.name))

    def health(self, model: ModelId) -> tuple[Pulse, ...]:
        return self.access.knowledge.health.of(str(model))

    def writer(self, model: ModelId) -> Writer:
        access = self.access
        return RouterWriter(
            str(model),
            model.routed,
            prompt_tokens_for(self._context(model), self.settings.complete.max_tokens),
            partial(self._reach, model, "complete"),
            access.router_models,
            self._metered(model, "complete"),
        )

    def answerer(self, model: ModelId, role: Role) -> Answerer:
        reach = partial(self._reach, model, role)
        return RouterAnswerer(str(model), model.routed, reach, self._metered(model, role))

    async def _reach(self, model: ModelId, role: Role) -> Reach | None:
        """The way there, unless the user's own limit is reached: then not even a probe is sent."""
        self.access.knowledge.spending(self.settings.budget).refuse_where_spent(model.routed, role)
        return await reach_of(self.settings, self.access)

    def _metered(self, model: ModelId, role: Role) -> Metered:
        access = self.access
        return Metered(access.upstream, Metering(model, role, self.settings.budget, access.knowledge))

    def _context(self, model: ModelId) -> int | None:
        return capabilities_of(model, self.access.knowledge.remote.known).context_tokens

    def _row(self, known: RemoteModel, model: ModelId | None = None) -> Row:
        model = model or ModelId(Runs.ROUTER, known.name)
        entry, can = catalogue().find(known.name), capabilities_of(model, self.access.knowledge.remote.known)
        best = fastest(known.live)
        problem, link = obstacle(known)
        own_s = next((pulse.first_word_s for pulse in self.health(model) if pulse.first_word_s), None)
        return Row(
            id=str(model),
            title=entry.title if entry else known.name.partition("/")[2],
            provider=", ".join(serving.provider for serving in known.live),
            roles=entry.roles if entry else roles_by_task(known),
            context_tokens=can.context_tokens,
            input_price=best.input_price if best else None,
            output_price=best.output_price if best else None,
            latency_s=own_s or (best.first_word_s if best else None),
            tokens_per_s=best.tokens_per_s if best else None,
            has_tools=bool(can.has_tools),
            has_vision=bool(can.has_vision),
            note=entry.note if entry else "",
            problem=problem,
            link=link,
            servings=known.servings,
        )

    def _from_catalogue(self, entry: Entry, model: ModelId | None = None) -> Row:
        note = f"As of {catalogue().dated}. {entry.note}".strip()
        return Row(
            id=str(model or ModelId(Runs.ROUTER, entry.id)),
            title=entry.title,
            provider=", ".join(entry.providers),
            roles=entry.roles,
            context_tokens=entry.context_tokens,
            has_tools=bool(entry.tools),
            has_vision=bool(entry.vision),
            note=note,
            problem="No provider was seen to serve it." if entry.served is False else "",
            link=page_of(entry.id),
        )


def fastest(servings: tuple[Serving, ...]) -> Serving | None:
    """The provider that the router would choose by itself."""
    return max(servings, key=lambda serving: serving.tokens_per_s or 0.0, default=None)


def obstacle(known: RemoteModel) -> tuple[str, str]:
    """Why a model may not be had without more ado, and the page where that is mended."""
    if known.gated:
        return (
            "Gated: its makers ask you to agree to their terms before you may download it.",
            page_of(known.name),
        )
    if known.is_private:
        return "Private: only tokens of its owner reach it.", page_of(known.name)
    return "", page_of(known.name)


def page_of(name: str) -> str:
    return f"{PAGE}/{name}"


def roles_by_task(known: RemoteModel) -> tuple[Role, ...]:
    """The roles of a model that the catalogue does not know."""
    if known.task == EMBEDS:
        return ("embed",)
    return roles_by_name(known.name) if known.task in CHATS else ()


def roles_by_name(name: str) -> tuple[Role, ...]:
    wanted = {"edit", "chat"} | ({"complete"} if family_of(name) else set())
    return tuple(role for role in ROLES if role in wanted)
