"""A model of the catalogue whose checksum is known, from a Hub on loopback whose repository goes on."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from foretype.config.environment import read_environment
from foretype.errors import DownloadError
from foretype.flows.pulling import CHECKSUMS, Pulling
from foretype.models.checksums import Checksums
from foretype.models.download import Watch
from foretype.models.local_catalogue import Catalogue, CatalogueModel
from foretype.models.local_files import LocalFiles
from foretype.models.stores import Stores

from contract.model_hub import FILE, REPOSITORY, ModelHub, model_hub
from unit.models.gguf_files import gguf

KNOWN, CHANGED = gguf(data_bytes=10_000), gguf(data_bytes=20_000)
REVISION = "0123456789abcdef0123456789abcdef01234567"
TINY = CatalogueModel(
    name="tiny",
    title="Tiny",
    repository=REPOSITORY,
    file=FILE,
    quantisation="Q8_0",
    licence="mit",
    size_gb=0.01,
    ram_gb=0.1,
    context_tokens=8192,
    fills_holes=True,
    ollama=(),
    notes="",
    revision=REVISION,
    sha256=hashlib.sha256(KNOWN).hexdigest(),
    sha256_from="this test",
)


@pytest.fixture
async def hub() -> AsyncIterator[ModelHub]:
    """Its main version has changed since the catalogue was written."""
    async with model_hub() as running:
        running.serve(CHANGED)
        running.versions[REVISION] = {FILE: KNOWN}
        yield running


@pytest.fixture
def pulling(hub: ModelHub, tmp_path: Path) -> Pulling:
    environment = read_environment({"HOME": str(tmp_path), "HF_ENDPOINT": hub.site.origin})
    files = LocalFiles(Stores(tmp_path / "models"), Catalogue((TINY,), "tiny", "2026-11-26"))
    return Pulling(environment, files, Checksums(tmp_path / CHECKSUMS), lambda: None)


async def pulled(pulling: Pulling, name: str = "tiny", *, may_have_changed: bool = False) -> bytes:
    """What stands on the disk after a pull."""

    def pull() -> bytes:
        plan = pulling.plan(name, may_have_changed=may_have_changed)
        return pulling.fetch(plan, Watch()).path.read_bytes()

    return await asyncio.to_thread(pull)


@pytest.mark.parametrize("name", ["tiny", f"{REPOSITORY}/{FILE}"])
async def test_the_version_that_is_known_is_asked_for(hub: ModelHub, pulling: Pulling, name: str) -> None:
    assert await pulled(pulling, name) == KNOWN
    paths = [heard.path.partition("?")[0] for heard in hub.site.heard]
    assert paths == [
        f"/api/models/{REPOSITORY}/tree/{REVISION}",
        f"/{REPOSITORY}/resolve/{REVISION}/{FILE}",
    ]


async def test_what_there_is_today_is_taken_where_that_is_wanted(pulling: Pulling) -> None:
    assert await pulled(pulling, may_have_changed=True) == CHANGED


async def test_a_file_that_is_known_is_right_whatever_was_here_before(pulling: Pulling) -> None:
    assert await pulled(pulling, may_have_changed=True) == CHANGED
    assert await pulled(pulling) == KNOWN


async def test_a_version_that_is_gone_is_not_missed_while_the_file_is_the_same(
    hub: ModelHub, pulling: Pulling
) -> None:
    hub.versions.clear()
    hub.serve(KNOWN)
    assert await pulled(pulling) == KNOWN


async def test_a_version_that_goes_away_meanwhile_costs_another_pull(hub: ModelHub, pulling: Pulling) -> None:
    plan = await asyncio.to_thread(pulling.plan, "tiny")
    hub.versions.clear()
    with pytest.raises(DownloadError, match="pull again"):
        await asyncio.to_thread(pulling.fetch, plan, Watch())
    hub.serve(KNOWN)
    assert await pulled(pulling) == KNOWN


async def test_another_file_in_its_place_is_refused_and_the_cure_is_named(
    hub: ModelHub, pulling: Pulling
) -> None:
    hub.versions.clear()
    with pytest.raises(DownloadError, match="no longer the file that Foretype knows") as refused:
        await pulled(pulling)
    assert "update Foretype, or, if you know why, `foretype models pull --changed local:tiny`" in str(
        refused.value
    )
    assert not hub.storage.heard
