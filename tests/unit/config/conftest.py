"""A home of one's own for each test."""

from __future__ import annotations

from pathlib import Path

import platformdirs
import pytest


@pytest.fixture
def empty_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with nothing in it, in place of the home of whoever runs the tests."""
    home = tmp_path_factory.mktemp("home")

    class Places:
        def __init__(self, name: str, appauthor: bool) -> None:
            self.user_config_path = home / ".config" / name
            self.user_data_path = home / ".local" / "share" / name
            self.user_cache_path = home / ".cache" / name
            self.user_state_path = home / ".local" / "state" / name

    monkeypatch.setattr(platformdirs, "PlatformDirs", Places)
    return home
