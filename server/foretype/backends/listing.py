"""What Hugging Face serves: the router's own list, and the Hub's, page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from foretype.backends.pages import PageError, content_of, page, pages
from foretype.backends.providers import router_root
from foretype.models.remote import RemoteModel, hub_models_in, router_models_in

if TYPE_CHECKING:
    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

EXPANDED = ("inferenceProviderMapping", "pipeline_tag", "gated", "private", "inference")
HUB_QUERY = urlencode(
    {"inference_provider": "all", "sort": "trendingScore", "limit": "100", "expand[]": EXPANDED}, doseq=True
)


async def router_models(connections: Connections, router: Endpoint) -> tuple[RemoteModel, ...]:
    """Everything that the router chats with, and what each provider says of it."""
    root = replace(router, base_url=router_root(router.base_url))
    try:
        return router_models_in(content_of(await page(connections, root, "/v1/models")))
    except (KeyError, TypeError) as error:
        raise PageError("its answer is not what is documented") from error


async def hub_models(
    connections: Connections, hub: Endpoint
) -> AsyncGenerator[tuple[RemoteModel, ...], None]:
    """Everything that a provider serves, for whatever task, a page at a time."""
    async with aclosing(pages(connections, hub, "/api/models", HUB_QUERY)) as contents:
        async for content in contents:
            yield hub_models_in(content)
