"""Providers behind Hugging Face's router: a row each, with the place of its OpenAI-shaped routes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from foretype.backends.endpoint import Endpoint


@dataclass(frozen=True)
class Provider:
    """Where a provider's routes stand under the router, and whether it continues raw text there."""

    name: str
    root: str
    completes_text: bool = False


PROVIDERS: dict[str, Provider] = {
    provider.name: provider
    for provider in (
        Provider("featherless-ai", "/featherless-ai/v1", completes_text=True),
        Provider("together", "/together/v1", completes_text=True),
        Provider("novita", "/novita/v3/openai", completes_text=True),
        Provider("deepinfra", "/deepinfra/v1/openai", completes_text=True),
        Provider("hf-inference", "/hf-inference/models/{model}/v1", completes_text=True),
        Provider("baseten", "/baseten/v1"),
        Provider("cerebras", "/cerebras/v1"),
        Provider("cohere", "/cohere/compatibility/v1"),
        Provider("fireworks-ai", "/fireworks-ai/inference/v1"),
        Provider("groq", "/groq/openai/v1"),
        Provider("nscale", "/nscale/v1"),
        Provider("ovhcloud", "/ovhcloud/v1"),
        Provider("publicai", "/publicai/v1"),
        Provider("scaleway", "/scaleway/v1"),
        Provider("zai-org", "/zai-org/api/paas/v4"),
    )
}


def router_root(url: str) -> str:
    """The router's address as everything else is put after it."""
    return url.rstrip("/").removesuffix("/v1")


def for_chat(router: Endpoint) -> Endpoint:
    """The router's own route, which chooses the provider by the model's suffix."""
    return replace(router, dialect="openai", base_url=f"{router_root(router.base_url)}/v1")


def for_text(router: Endpoint, provider: Provider, model: str) -> Endpoint:
    """A provider's own routes, reached through the router and paid there."""
    root = provider.root.replace("{model}", quote(model, safe="/"))
    return replace(router, dialect="openai", base_url=router_root(router.base_url) + root)


def provider_at(router: Endpoint) -> str:
    """The provider whose own routes an endpoint made by `for_text` stands for; "" on the router's own."""
    first = urlsplit(router.base_url).path.strip("/").partition("/")[0]
    return first if first in PROVIDERS else ""
