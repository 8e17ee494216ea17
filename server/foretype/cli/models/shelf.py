"""What the actions on local models stand on: this user's folders, and the files in them."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial

from foretype.config.config_file import ConfigFile
from foretype.config.consents import Consents
from foretype.config.environment import Environment, read_environment
from foretype.config.files import Folders, locate
from foretype.config.resolve import Sources, resolve
from foretype.config.settings import Settings
from foretype.flows.pulling import Pulling, pulling_with
from foretype.flows.token import find_key


@dataclass(frozen=True)
class Shelf:
    environment: Environment
    folders: Folders
    settings: Settings
    pulling: Pulling


def shelf() -> Shelf:
    """As the user's environment and config.toml say."""
    environment = read_environment(os.environ)
    folders = locate(environment)
    reading = ConfigFile(folders.config_file).read_if_changed()
    sources = Sources(config_toml=reading.values if reading else {})
    settings = resolve(sources, environment, Consents(), folders.models).settings
    token = partial(find_key, settings.token, environment, folders.key_file)
    return Shelf(
        environment,
        folders,
        settings,
        pulling_with(environment, folders.models, token),
    )
