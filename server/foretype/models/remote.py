"""Models as Hugging Face lists them: who serves each, for how much, how fast, and what it can do there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

LIVE = "live"


@dataclass(frozen=True)
class Serving:
    """A model at one provider; prices are dollars for a million tokens, and None is what nobody says."""

    provider: str
    status: str = ""
    context_tokens: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    is_free: bool = False
    has_tools: bool | None = None
    has_structured_output: bool | None = None
    first_word_s: float | None = None
    tokens_per_s: float | None = None

    @property
    def is_live(self) -> bool:
        return self.status == LIVE


@dataclass(frozen=True)
class RemoteModel:
    """One repository that somebody serves; `gated` is how its makers ask for agreement, "" if they do not."""

    name: str
    servings: tuple[Serving, ...] = ()
    task: str = ""
    gated: str = ""
    is_private: bool = False
    is_warm: bool = False
    sees_images: bool | None = None

    @property
    def live(self) -> tuple[Serving, ...]:
        return tuple(serving for serving in self.servings if serving.is_live)

    def at(self, provider: str) -> Serving | None:
        return next((serving for serving in self.servings if serving.provider == provider), None)


def router_models_in(content: Any) -> tuple[RemoteModel, ...]:
    """The rows of the router's list; a row that is not what is documented is left out."""
    rows = content["data"]
    return tuple(router_row(row) for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))


def router_row(row: Mapping[str, Any]) -> RemoteModel:
    architecture = row.get("architecture")
    inputs = architecture.get("input_modalities") if isinstance(architecture, dict) else None
    return RemoteModel(
        name=row["id"],
        servings=tuple(serving_in(each) for each in list_of(row.get("providers")) if named(each)),
        task="conversational",
        sees_images="image" in inputs if isinstance(inputs, list) else None,
    )


def serving_in(row: Mapping[str, Any]) -> Serving:
    prices = row.get("pricing")
    prices = prices if isinstance(prices, dict) else {}
    latency_ms = number(row.get("first_token_latency_ms"))
    context = number(row.get("context_length"))
    return Serving(
        provider=row["provider"],
        status=str(row.get("status", "")),
        context_tokens=int(context) if context else None,
        input_price=number(prices.get("input")),
        output_price=number(prices.get("output")),
        is_free=row.get("is_free") is True,
        has_tools=truth(row.get("supports_tools")),
        has_structured_output=truth(row.get("supports_structured_output")),
        first_word_s=latency_ms / 1000 if latency_ms is not None else None,
        tokens_per_s=number(row.get("throughput")),
    )


def hub_models_in(content: Any) -> tuple[RemoteModel, ...]:
    """The rows of one page of the Hub's list."""
    rows = list_of(content)
    return tuple(hub_row(row) for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str))


def hub_row(row: Mapping[str, Any]) -> RemoteModel:
    mapping = row.get("inferenceProviderMapping")
    if isinstance(mapping, dict):  # one model has a dictionary where a list of models has lists
        mapping = [{**each, "provider": name} for name, each in mapping.items() if isinstance(each, dict)]
    served = [each for each in list_of(mapping) if named(each)]
    tasks = [each["task"] for each in served if isinstance(each.get("task"), str)]
    gated = row.get("gated")
    return RemoteModel(
        name=row["id"],
        servings=tuple(Serving(each["provider"], str(each.get("status", ""))) for each in served),
        task=tasks[0] if tasks else str(row.get("pipeline_tag") or ""),
        gated=gated if isinstance(gated, str) else ("manual" if gated is True else ""),
        is_private=row.get("private") is True,
        is_warm=row.get("inference") == "warm",
    )


def merged(router: Iterable[RemoteModel], hub: Iterable[RemoteModel]) -> tuple[RemoteModel, ...]:
    """Both lists as one: numbers are the router's, and what the Hub alone knows is added to them."""
    models = {model.name: model for model in router}
    for listed in hub:
        known = models.get(listed.name)
        models[listed.name] = listed if known is None else both(known, listed)
    return tuple(models.values())


def both(router: RemoteModel, hub: RemoteModel) -> RemoteModel:
    more = tuple(serving for serving in hub.servings if router.at(serving.provider) is None)
    return replace(
        router,
        servings=router.servings + more,
        task=router.task or hub.task,
        gated=hub.gated,
        is_private=hub.is_private,
        is_warm=hub.is_warm or bool(router.live),
    )


def named(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("provider"), str)


def list_of(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def number(value: Any) -> float | None:
    """A number that can be one of something; neither true nor infinite nor below nothing."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1e12:
        return None
    return float(value)


def truth(value: Any) -> bool | None:
    return value if isinstance(value, bool) else None


def words_in(models: Iterable[RemoteModel], words: Iterable[str]) -> Iterator[RemoteModel]:
    """The models in whose name, task or providers every word stands."""
    wanted = [word.lower() for word in words]
    for model in models:
        text = " ".join((model.name, model.task, *(serving.provider for serving in model.servings))).lower()
        if all(word in text for word in wanted):
            yield model
