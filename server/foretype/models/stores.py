"""Where model files may already be: Foretype's own folder, and those of other programs."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from foretype.config.environment import Environment, from_home
from foretype.models.file_names import is_repository_file

MOST_ENTRIES = 20_000
DEEPEST = 6
LARGEST_MANIFEST_BYTES = 1 << 20
OWN, HUGGING_FACE, LM_STUDIO, OLLAMA = "Foretype", "Hugging Face's cache", "LM Studio", "Ollama"
OLLAMA_MODEL = "application/vnd.ollama.image.model"


@dataclass(frozen=True)
class FoundFile:
    """A model's file; `root` is the folder it must not lead out of, `name` how its store calls it."""

    store: str
    name: str
    path: Path
    root: Path

    @property
    def id(self) -> str:
        """What a setting says for it."""
        return f"local:{self.name}" if is_repository_file(self.name) else f"local:{self.path}"


@dataclass(frozen=True)
class Stores:
    """The folders of this user; one that is not there holds nothing."""

    own: Path | None
    hugging_face: Path | None = None
    lm_studio: tuple[Path, ...] = ()
    ollama: tuple[Path, ...] = ()

    def files(self) -> Iterator[FoundFile]:
        """Every model file, ours first."""
        if self.own:
            yield from in_folders(self.own, OWN)
        if self.hugging_face:
            yield from in_hub_cache(self.hugging_face)
        for folder in self.lm_studio:
            yield from in_folders(folder, LM_STUDIO)
        for folder in self.ollama:
            yield from in_ollama(folder)


def stores_of(environment: Environment, own: Path | None) -> Stores:
    variables = environment.variables

    def at(*written: str) -> tuple[Path, ...]:
        paths = (from_home(each, variables) for each in written if each)
        return tuple(path for path in paths if path is not None)

    cache = variables.get("HF_HUB_CACHE") or variables.get("HUGGINGFACE_HUB_CACHE") or ""
    if not cache:
        hf_home = variables.get("HF_HOME") or f"{variables.get('XDG_CACHE_HOME') or '~/.cache'}/huggingface"
        cache = f"{hf_home}/hub"
    return Stores(
        own,
        next(iter(at(cache)), None),
        at(f"{lm_studio_home(at('~/.lmstudio-home-pointer'))}/models", "~/.cache/lm-studio/models"),
        at(variables.get("OLLAMA_MODELS") or "~/.ollama/models", "/usr/share/ollama/.ollama/models"),
    )


def lm_studio_home(pointers: tuple[Path, ...]) -> str:
    """LM Studio keeps the name of its folder in a file beside it."""
    for pointer in pointers:
        try:
            with pointer.open(encoding="utf-8") as file:
                written = file.readline(4096).strip()
        except (OSError, ValueError):
            continue
        if Path(written).is_absolute():
            return written
    return "~/.lmstudio"


def in_folders(root: Path, store: str) -> Iterator[FoundFile]:
    """Files that lie as owner/repository/file.gguf, or loose."""
    for path in walk(root):
        if path.suffix.lower() == ".gguf" and not path.name.lower().startswith("mmproj"):
            yield FoundFile(store, path.relative_to(root).as_posix(), path, root)


def in_hub_cache(root: Path) -> Iterator[FoundFile]:
    """What `models--owner--name/snapshots/<commit>/` names, the newest commit only."""
    for folder in entries(root):
        kind, owner, name = [*folder.name.split("--", 2), "", ""][:3]
        if kind != "models" or not name:
            continue
        snapshot = newest_snapshot(folder)
        for path in walk(snapshot) if snapshot else ():
            if path.suffix.lower() == ".gguf" and not path.name.lower().startswith("mmproj"):
                inside = path.relative_to(snapshot).as_posix() if snapshot else ""
                yield FoundFile(HUGGING_FACE, f"{owner}/{name}/{inside}", path, root)


def newest_snapshot(folder: Path) -> Path | None:
    """The snapshot that `main` points to, else the one written last."""
    snapshots = {each.name: each for each in entries(folder / "snapshots")}
    try:
        with (folder / "refs" / "main").open(encoding="ascii") as file:
            main = file.read(100).strip()
    except (OSError, ValueError):
        main = ""
    if main in snapshots:
        return snapshots[main]
    return max(snapshots.values(), key=modified_at, default=None)


def in_ollama(root: Path) -> Iterator[FoundFile]:
    """The weights that Ollama's manifests name."""
    manifests = root / "manifests"
    for path in walk(manifests):
        digest = weights_in(path)
        if digest:
            registry, *rest = path.relative_to(manifests).parts
            owner, name, tag = (["", *rest] if len(rest) == 2 else [*rest, "", "", ""])[:3]
            prefix = f"{owner}/" if owner and owner != "library" else ""
            where = f"{registry}/" if registry != "registry.ollama.ai" else ""
            yield FoundFile(OLLAMA, f"{where}{prefix}{name}:{tag}", root / "blobs" / digest, root)


def weights_in(manifest: Path) -> str:
    """The name of the blob that holds a model's weights; empty where the manifest names none."""
    try:
        with manifest.open("rb") as file:
            written = json.loads(file.read(LARGEST_MANIFEST_BYTES))
        layers = [layer for layer in written["layers"] if layer["mediaType"] == OLLAMA_MODEL]
        kind, _, digest = str(layers[0]["digest"]).partition(":")
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return ""
    return f"sha256-{digest}" if kind == "sha256" and digest.isalnum() else ""


def walk(root: Path) -> Iterator[Path]:
    """The files below a folder, in order, as far down as models lie; folders behind links are left out."""
    waiting, seen = [(root, 0)], 0
    while waiting:
        folder, depth = waiting.pop(0)
        for entry in entries(folder):
            seen += 1
            if seen > MOST_ENTRIES:
                return
            if not entry.is_symlink() and entry.is_dir():
                if depth < DEEPEST and not entry.name.startswith("."):
                    waiting.append((entry, depth + 1))
            else:
                yield entry


def entries(folder: Path) -> list[Path]:
    try:
        return sorted(Path(entry.path) for entry in os.scandir(folder))
    except OSError:
        return []


def modified_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
