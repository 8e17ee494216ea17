"""The Hub asked for GGUF repositories, and for the files of one."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from foretype.backends.pages import PageError, content_of, page
from foretype.models.gguf_repositories import (
    GgufRepository,
    Quantisation,
    quantisations_in,
    repositories_in,
)

if TYPE_CHECKING:
    from foretype.backends.connections import Connections
    from foretype.backends.endpoint import Endpoint

REFUSED, NOT_FOUND = (401, 403), 404


async def repositories(connections: Connections, hub: Endpoint, words: str) -> tuple[GgufRepository, ...]:
    """The twenty that are most downloaded."""
    query = {"search": words, "filter": "gguf", "sort": "downloads", "direction": "-1", "limit": "20"}
    query_text = urlencode({**query, "expand[]": ("gguf", "downloads", "gated")}, doseq=True)
    return repositories_in(content_of(await page(connections, hub, f"/api/models?{query_text}")))


async def quantisations(connections: Connections, hub: Endpoint, repository: str) -> tuple[Quantisation, ...]:
    """What a repository has; one that is private, gated or not there says so."""
    answer = await page(connections, hub, f"/api/models/{quote(repository, safe='/')}?blobs=true")
    where = f"https://huggingface.co/{repository}"
    if answer.status in REFUSED:
        raise PageError(f"{repository} is private, gated or not there: open {where} and ask for access there")
    if answer.status == NOT_FOUND:
        raise PageError(f"there is no repository {repository}")
    return quantisations_in(content_of(answer))
