"""Real editors, a model server on loopback, and a folder that is all that the editors see of the machine."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from editors.desk import PROBED_SERVER, Desk
from editors.install import CHOICE, NEWEST, STABLE, Editors, installed
from editors.model import writes
from editors.neovim import Neovim, neovim

from contract.upstream import Upstream, Visit, serving


@pytest.fixture(scope="session")
def editors() -> Editors:
    found = installed()
    if found is None:
        pytest.skip(f"{CHOICE}=none")
    return found


@pytest.fixture(params=[NEWEST, STABLE])
def both(request: pytest.FixtureRequest, editors: Editors) -> Editors:
    """The newest editors and those of Debian's stable release: Neovim 0.12, 0.10, Helix 25.07, 25.01."""
    found = editors if request.param == NEWEST else installed(request.param)
    assert found is not None
    return found


async def knows_nothing_more(visit: Visit) -> None:
    """What follows an accepted suggestion is asked for at once, which a test need not care about."""
    assert visit.heard.path == "/v1/completions", f"no script for {visit.heard.path}"
    await writes("")(visit)


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as upstream:
        upstream.always(knows_nothing_more)
        yield upstream


@pytest.fixture
def desk(tmp_path: Path, upstream: Upstream) -> Desk:
    return Desk(tmp_path, upstream.origin)


@pytest.fixture
def probed_desk(tmp_path: Path, upstream: Upstream) -> Desk:
    """One whose server can be asked for the text that it holds."""
    return Desk(tmp_path, upstream.origin, PROBED_SERVER)


@pytest.fixture
async def nvim(editors: Editors, desk: Desk) -> AsyncIterator[Neovim]:
    async with neovim(editors.neovim, desk) as running:
        yield running
