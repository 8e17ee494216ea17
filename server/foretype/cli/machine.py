"""What `foretype doctor` says of models on this machine: files, room, memory, other servers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from foretype.cli.account import Here
from foretype.cli.findings import BAD, GOOD, NOTE, Finding
from foretype.config.settings import ROLES, Settings
from foretype.errors import ModelFileError, ModelIdError, ModelMissingError
from foretype.flows.fitting_models import room_in
from foretype.flows.local_file import local_files
from foretype.models.ids import ModelId, Runs, parse_model_id
from foretype.models.local_files import LocalFiles, LocalModel
from foretype.models.local_servers import LocalServer, running_servers
from foretype.models.memory_fit import Memory, gigabytes, memory
from foretype.models.smaller import smaller_than, too_large


def on_this_machine(here: Here) -> Iterator[Finding]:
    files = local_files(here.environment, here.folders.models)
    yield from model_files(files)
    yield from wanted_models(files, here.settings)
    if here.folders.models is not None:
        yield disk(here.folders.models)
    yield ram()
    for server in running_servers(here.environment.variables):
        yield running(server)


def wanted_models(files: LocalFiles, settings: Settings) -> Iterator[Finding]:
    """Each local model that the settings name, where it cannot be used as it is."""
    named = {written: role for role in ROLES for written in settings.models.chain(role)}
    for written, role in named.items():
        with suppress(ModelIdError):
            model = parse_model_id(written, settings.endpoints)
            if model.runs is Runs.LOCAL:
                yield from wanted_model(model, f"models.{role}", files, settings)


def wanted_model(model: ModelId, key: str, files: LocalFiles, settings: Settings) -> Iterator[Finding]:
    try:
        found = files.find(model.name)
    except ModelMissingError:
        cure = f"foretype models pull {model}"
        yield Finding(BAD, "model", f"{model} of `{key}` is not on this machine", cure)
        return
    except ModelFileError as problem:
        yield Finding(BAD, "model", f"{model} of `{key}` cannot be used: {problem}")
        return
    here, context = memory(), settings.local.context
    ever = too_large(found, context, room_in(settings, here and Memory(here.total, here.total)))
    too_much = ever or too_large(found, context, room_in(settings, here))
    if too_much is not None:
        smaller = smaller_than(too_much, files, context)
        cure = f"{'' if ever else 'close something, '}lower `local.context`, or name another in `{key}`"
        advice = f"{cure}; {smaller.advice}" if smaller else cure
        # What it takes already, where an editor has it loaded, is not free either.
        yield Finding(BAD if ever else NOTE, "model", str(too_much), advice)


def model_files(files: LocalFiles) -> Iterator[Finding]:
    found = list(files.all())
    models = [each for each in found if isinstance(each, LocalModel)]
    for problem in found:
        if isinstance(problem, ModelFileError):
            yield Finding(NOTE, "model file", str(problem))
    if models:
        told = ", ".join(f"{each.id} ({gigabytes(each.size_bytes)}, {each.store})" for each in models[:5])
        more = f" and {len(models) - 5} more" if len(models) > 5 else ""
        yield Finding(GOOD, "model files", told + more)
    else:
        cure = f"`foretype models pull local:{files.catalogue.default}`, if you want one"
        yield Finding(NOTE, "model files", "none on this machine", cure)


def disk(folder: Path) -> Finding:
    """The room where models go; the folder itself may not be there yet."""
    place = next((each for each in (folder, *folder.parents) if each.is_dir()), None)
    try:
        free = shutil.disk_usage(place).free if place else 0
    except OSError:
        free = 0
    return Finding(
        GOOD if free else BAD, "disk", f"{gigabytes(free)} free for models", "" if free else "make room"
    )


def ram() -> Finding:
    here = memory()
    if here is None:
        return Finding(NOTE, "memory", "the system does not say how much there is")
    return Finding(GOOD, "memory", f"{gigabytes(here.free)} of {gigabytes(here.total)} free")


def running(server: LocalServer) -> Finding:
    names = ", ".join(server.id_of(model) or model.name for model in server.models[:5]) or "no models"
    if server.models and server.id_of(server.models[0]):
        return Finding(GOOD, "Ollama", f"at {server.url}: {names}", "name one in `models.complete` to use it")
    if server.models:
        cure = f'declare an endpoint with url = "{server.url}" and dialect = "{server.kind}" to use it'
        return Finding(GOOD, "llama-server", f"at {server.url}: {names}", cure)
    return Finding(NOTE, "Ollama", f"at {server.url}: no models", "ollama pull qwen2.5-coder:1.5b-base")
