"""Where Foretype's files are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.config.private_files import make_private_folder
from foretype.config.problems import ENVIRONMENT, Problem
from foretype.errors import StorageError

if TYPE_CHECKING:
    from foretype.config.environment import Environment

NAME = "foretype"


@dataclass(frozen=True)
class Folders:
    """The user's file and Foretype's own folders; None is one that cannot be had, and is gone without."""

    config_file: Path | None
    data: Path | None
    cache: Path | None
    state: Path | None

    @property
    def models(self) -> Path | None:
        """The user's model folder, the only one that settings from an editor may load from."""
        return self.data / "models" if self.data else None

    @property
    def key_file(self) -> Path | None:
        """Where `foretype login` keeps the token if no keyring takes it: never beside a config.toml, which
        people publish."""
        return self.data / "token" if self.data else None

    @property
    def last_good_config(self) -> Path | None:
        return self.state / "last-good-config.json" if self.state else None

    @property
    def history_file(self) -> Path | None:
        return self.state / "usage.sqlite3" if self.state else None

    @property
    def consent_file(self) -> Path | None:
        return self.state / "consents.json" if self.state else None


def locate(environment: Environment) -> Folders:
    """Where everything belongs; nothing is made yet."""
    if environment.home:
        config, data, cache, state = (environment.home / n for n in ("config", "data", "cache", "state"))
        return Folders(environment.config_file or config / "config.toml", data, cache, state)
    import platformdirs

    places = platformdirs.PlatformDirs(NAME, appauthor=False)
    config_folder = usable(places.user_config_path)
    return Folders(
        environment.config_file or (config_folder / "config.toml" if config_folder else None),
        usable(places.user_data_path),
        usable(places.user_cache_path),
        usable(places.user_state_path),
    )


def usable(place: Path) -> Path | None:
    """Without a home folder a place is relative, and would be another one in every working folder."""
    return place if place.is_absolute() else None


def make_folders(folders: Folders) -> tuple[Folders, tuple[Problem, ...]]:
    """Make what is missing; a folder that cannot be made is left out, with a sentence about it."""
    problems: list[Problem] = []

    def made(name: str, folder: Path | None, without: str) -> Path | None:
        try:
            if folder is None:
                raise StorageError(f"there is no home folder for the {name}")
            make_private_folder(folder)
        except StorageError as error:
            problems.append(Problem(f"{name} folder", ENVIRONMENT, f"{error}; {without}"))
            return None
        return folder

    ready = Folders(
        folders.config_file,
        made("data", folders.data, "no model can be kept on this machine"),
        made("cache", folders.cache, "going on without a cache"),
        made("state", folders.state, "nothing is remembered when the editor closes"),
    )
    return ready, tuple(problems)
