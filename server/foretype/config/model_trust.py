"""Which models an editor's settings may choose: none whose file lies outside the user's model folder."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from foretype.config.judgement import Ground, Verdicts

LOCAL = "local:"
REPOSITORY_PART = r"[A-Za-z0-9_][A-Za-z0-9._-]*"
CATALOGUE_NAME = re.compile(r"(?!.*\.gguf$)[A-Za-z0-9][A-Za-z0-9._-]+(?::[A-Za-z0-9._-]+)?", re.IGNORECASE)
REPOSITORY_FILE = re.compile(rf"(?:{REPOSITORY_PART}/){{2,}}{REPOSITORY_PART}\.gguf")
LOOKS_LIKE_A_PATH = re.compile(r"[/\\~.]|[A-Za-z]:[/\\]|file:", re.IGNORECASE)


def allowed_chain(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """The models of a role that may be used, in their order."""
    chain = written if isinstance(written, list) else []
    return [model for model in chain if may_use(str(model), key, ground, verdicts)]


def may_use(model: str, key: str, ground: Ground, verdicts: Verdicts) -> bool:
    if model in ground.listed_models():
        return True
    file = file_named_by(model)
    if file is not None:
        return may_load(file, key, ground, verdicts)
    return not runs_on_hugging_face(model) or may_leave_the_machine(key, ground, verdicts)


def file_named_by(model: str) -> str | None:
    """The path in a model id, or None for one that names no file on this disk; in doubt it is a path."""
    plain = model.strip()
    if plain.lower().startswith(LOCAL):
        name = plain[len(LOCAL) :]
        return None if CATALOGUE_NAME.fullmatch(name) or REPOSITORY_FILE.fullmatch(name) else name
    return plain if LOOKS_LIKE_A_PATH.match(plain) else None


def may_load(written: str, key: str, ground: Ground, verdicts: Verdicts) -> bool:
    """Whether a file lies in the model folder, by its name and in truth, or the user said yes to it."""
    path = Path(written)
    # Behind a link, `..` leads elsewhere than its text says: who writes it wants two readings.
    if not written.isprintable() or not path.is_absolute() or ".." in path.parts:
        verdicts.refuse(key, "a model file needs a plain absolute path")
        return False
    if ground.consents.allows(str(path)) or lies_inside(path, ground):
        return True
    verdicts.ask(key, str(path), f"This editor's settings load the model file {path}. Allow it?")
    return False


def lies_inside(path: Path, ground: Ground) -> bool:
    """The name is looked at first, so that a path elsewhere, on a network say, is never touched."""
    folder = ground.model_folder
    if folder is None or folder not in path.parents:
        return False
    try:
        return ground.real_path(folder) in ground.real_path(path).parents
    except (OSError, RuntimeError, ValueError):
        return False


def runs_on_hugging_face(model: str) -> bool:
    return model.strip().lower().startswith(("hf:", "huggingface/"))


def may_leave_the_machine(key: str, ground: Ground, verdicts: Verdicts) -> bool:
    """Where config.toml keeps a role away from Hugging Face, an editor's settings do not bring it there."""
    own_chain = ground.value(key)
    router = ground.environment.router
    if not own_chain or router is None or keeps_no_distance(own_chain):
        return True
    if ground.consents.allows(router.origin):
        return True
    question = (
        f"config.toml keeps {key} away from Hugging Face; this editor's settings send it there. Allow it?"
    )
    verdicts.ask(key, router.origin, question)
    return False


def keeps_no_distance(chain: object) -> bool:
    return isinstance(chain, Iterable) and any(runs_on_hugging_face(str(model)) for model in chain)
