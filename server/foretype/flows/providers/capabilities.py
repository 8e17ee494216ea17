"""What a model can do and costs, by what its server says, and by the catalogue where that says nothing."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.models.catalogue import catalogue
from foretype.models.ids import ModelId, Runs
from foretype.models.remote import Serving
from foretype.models.remote_cache import RemoteList
from foretype.prompt.families import family_of

MILLION = 1_000_000


@dataclass(frozen=True)
class Capabilities:
    """None is what nobody here knows; then the model is asked as if it could."""

    context_tokens: int | None = None
    has_system: bool | None = None
    has_tools: bool | None = None
    has_vision: bool | None = None


@dataclass(frozen=True)
class Price:
    """Dollars for a million tokens, read and written."""

    input: float
    output: float

    def of(self, prompt_tokens: int, completion_tokens: int) -> float:
        return (self.input * prompt_tokens + self.output * completion_tokens) / MILLION


def capabilities_of(model: ModelId, remote: RemoteList, local_tokens: int | None = None) -> Capabilities:
    """What a model can do; `local_tokens` is what the engine holds of a file on this machine."""
    if model.runs is Runs.LOCAL:
        return Capabilities(local_tokens, has_tools=False, has_vision=False)
    entry = catalogue().find(model.name)
    listed = remote.find(model.name) if model.runs is Runs.ROUTER else None
    servings = servings_meant(model, remote)
    contexts = [serving.context_tokens for serving in servings if serving.context_tokens]
    family = family_of(model.name)
    by_entry = entry.context_tokens if entry else None
    by_family = family.context_tokens if family else None
    tools = [serving.has_tools for serving in servings if serving.has_tools is not None]
    vision = listed.sees_images if listed and listed.sees_images is not None else None
    return Capabilities(
        context_tokens=min(contexts) if contexts else by_entry or by_family,
        has_system=entry.system if entry else None,
        has_tools=any(tools) if tools else (entry.tools if entry else None),
        has_vision=vision if vision is not None else (entry.vision if entry else None),
    )


def price_of(model: ModelId, provider: str, remote: RemoteList) -> Price | None:
    """What is paid where a provider served it; where nobody said which, the dearest that may have."""
    listed = remote.find(model.name)
    if model.runs is not Runs.ROUTER or listed is None:
        return None
    named = listed.at(provider)
    servings = (named,) if named else servings_meant(model, remote)
    if servings and all(serving.is_free for serving in servings):
        return Price(0.0, 0.0)
    priced = [s for s in servings if s.input_price is not None and s.output_price is not None]
    if not priced:
        return None
    return Price(max(s.input_price or 0.0 for s in priced), max(s.output_price or 0.0 for s in priced))


def servings_meant(model: ModelId, remote: RemoteList) -> tuple[Serving, ...]:
    """The providers that may serve a model as its id is written."""
    listed = remote.find(model.name) if model.runs is Runs.ROUTER else None
    if listed is None:
        return ()
    chosen = listed.at(model.choice) if model.choice else None
    return (chosen,) if chosen else listed.live
