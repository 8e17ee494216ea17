"""Where the user's llama-server is, and how it is started for one model file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from foretype.config.settings import LocalSettings
from foretype.engine.cores import default_threads
from foretype.engine.start import kept
from foretype.keys.key import Key

NAME = "llama-server.exe" if sys.platform == "win32" else "llama-server"
GUARDIAN = Path(__file__).with_name("guardian.py")
HOST = "127.0.0.1"
# Of what is in front of the cursor llama-server reads three quarters of a batch, of what is behind one.
LEAST_BATCH = 2048
EVERY_LAYER = 999


@dataclass(frozen=True)
class Launch:
    """One server: which file it serves, where it listens, and the key that it asks for."""

    program: Path
    file: Path
    port: int
    key: Key

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def command(self, record: Path, about: str) -> list[str]:
        """The guardian's command line, with the server's behind it; the key is in neither."""
        server = [self.program, "--model", self.file, "--host", HOST, "--port", self.port]
        return [sys.executable, "-I", "-S", *map(str, [GUARDIAN, record, about, *server])]

    def environment(self, variables: Mapping[str, str], settings: LocalSettings) -> dict[str, str]:
        """The key and the settings: variables, as a version that does not know one passes over it."""
        told = {
            "LLAMA_API_KEY": self.key.reveal(),
            "LLAMA_ARG_CTX_SIZE": settings.context,
            "LLAMA_ARG_N_PARALLEL": 1,
            "LLAMA_ARG_BATCH": max(settings.batch, LEAST_BATCH),
            "LLAMA_ARG_UBATCH": settings.batch,
            "LLAMA_ARG_THREADS": settings.threads or default_threads(),
            "LLAMA_ARG_CACHE_RAM": 0,
            "LLAMA_ARG_UI": 0,
            "LLAMA_ARG_WEBUI": 0,
            "LLAMA_ARG_ENDPOINT_SLOTS": 0,
            "LLAMA_ARG_OFFLINE": 1,
        }
        if settings.gpu_layers is not None:
            told["LLAMA_ARG_N_GPU_LAYERS"] = settings.gpu_layers if settings.gpu_layers >= 0 else EVERY_LAYER
        return {**kept(variables), **{name: str(value) for name, value in told.items()}}


def program_on_path(variables: Mapping[str, str]) -> Path | None:
    """The first llama-server on the user's PATH; a relative folder in it would mean the open project's."""
    found = (folder / NAME for folder in folders_of(variables))
    return next(filter(is_program, found), None)


def folders_of(variables: Mapping[str, str]) -> Iterator[Path]:
    folders = map(Path, variables.get("PATH", "").split(os.pathsep))
    return (folder for folder in folders if folder.is_absolute())


def is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)
