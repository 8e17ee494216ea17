"""Where the engine is met: a socket in a folder of the user's alone, one for each version."""

from __future__ import annotations

import hashlib
import os
import platform
import stat
import sys
from dataclasses import dataclass
from pathlib import Path

from foretype import __version__
from foretype.config.environment import Environment
from foretype.config.files import locate
from foretype.config.private_files import make_private_folder
from foretype.engine.protocol import PROTOCOL
from foretype.errors import StorageError

LONGEST_SOCKET_PATH = 100
HELLO = f"foretype-engine {__version__} protocol {PROTOCOL}"


@dataclass(frozen=True)
class Place:
    """The engine's folder, and the socket in it; None where it has to be a child over pipes."""

    folder: Path
    socket: Path | None

    @property
    def log(self) -> Path:
        return self.folder / "engine.log"


def place_for(environment: Environment) -> Place:
    """The private folder, made and checked."""
    folder = folder_for(environment)
    make_private_folder(folder)
    path = folder / f"{name_for_this_version()}.sock"
    can_share = sys.platform != "win32" and len(os.fsencode(path)) <= LONGEST_SOCKET_PATH
    return Place(folder, path if can_share and is_private(folder) else None)


def folder_for(environment: Environment) -> Path:
    if environment.home:
        return environment.home / "engine"
    runtime = environment.variables.get("XDG_RUNTIME_DIR", "")
    if Path(runtime).is_absolute() and Path(runtime).is_dir():
        return Path(runtime) / "foretype"
    cache = locate(environment).cache
    if cache is None:
        raise StorageError("there is no folder for the local engine: set HOME, or FORETYPE_HOME")
    return cache / "engine"


def name_for_this_version() -> str:
    """Short, and another one for every version and for every machine that shares the home folder."""
    told = f"{HELLO}\n{sys.executable}\n{platform.node()}"
    return hashlib.sha256(told.encode()).hexdigest()[:12]


def is_private(folder: Path) -> bool:
    """Whether only its owner can enter, and that is this user."""
    found = folder.stat()
    return found.st_uid == os.getuid() and not stat.S_IMODE(found.st_mode) & 0o077
