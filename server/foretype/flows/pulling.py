"""A model of Hugging Face onto this disk: what it would take, and the doing of it. Blocking, for a thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeVar

from foretype.backends.connections import trusting_the_system
from foretype.backends.network import certificates_from, proxy_for
from foretype.config.environment import Environment
from foretype.errors import DownloadError, ModelFileError
from foretype.flows.local_file import local_files
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.models.download import Wanted, Watch, download
from foretype.models.file_names import repository_file
from foretype.models.hub_site import DroppedError, HubFile, HubSite, Network
from foretype.models.local_catalogue import CatalogueModel
from foretype.models.local_files import PART_OF_MANY, LocalFiles, LocalModel, is_path
from foretype.models.stores import OWN, FoundFile

TRIES = 3

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What would be downloaded; `id` is what a setting says for it."""

    id: str
    repository: str
    file: HubFile
    licence: str
    page: str
    entry: CatalogueModel | None


@dataclass(frozen=True)
class Pulling:
    """Where models come from and where they go; `token` is looked for only when the Hub is asked."""

    environment: Environment
    files: LocalFiles
    token: Callable[[], Key | None]

    def plan(self, name: str) -> Plan:
        """What the Hub has under a name; where the catalogue has a checksum, it must be the Hub's."""
        site = self._site()
        if is_path(name):
            raise ModelFileError(f"{name} is a file of this machine: it is used where it is.")
        entry = None
        if "/" in name:
            repository, wanted = repository_file(name)
            entry = self.files.entry_of(repository, wanted)
        else:
            entry = self.files.catalogue.named(name)
            repository, wanted = entry.repository, entry.file
        listed = reached(site, partial(site.files, repository))
        file = chosen(listed, repository, wanted, entry)
        if entry and entry.sha256 and entry.sha256 != file.sha256:
            raise DownloadError(
                f"{file.path} of {repository} is no longer the file that Foretype knows, so it is not "
                f"downloaded: update Foretype, or name the file itself, local:{repository}/{file.path}."
            )
        licence = entry.licence if entry else reached(site, partial(site.licence_of, repository))
        id = entry.id if entry else f"local:{repository}/{file.path}"
        return Plan(id, repository, file, licence or "not stated", site.page_of(repository), entry)

    def fetch(self, plan: Plan, watch: Watch) -> LocalModel:
        """Download what was planned, unless it is there; the model that stands on the disk then."""
        root = self.files.stores.own
        target = self.files.own_path(plan.repository, plan.file.path)
        if root is None or target is None:
            raise DownloadError("There is no folder for models: name one with FORETYPE_HOME.")
        if not target.is_file():
            download(self._site(), Wanted(plan.repository, plan.file, root, target), watch)
        name = f"{plan.repository}/{plan.file.path}"
        return self.files.checked(FoundFile(OWN, name, target, root), plan.entry)

    def _site(self) -> HubSite:
        hub, variables = self.environment.hub, self.environment.variables
        if hub is None:
            raise DownloadError(
                "HF_ENDPOINT names an address that must not be used; `foretype doctor` says why."
            )
        token = self.token()
        trust = partial(trusting_the_system, certificates_from(variables))
        network = Network(lambda url: proxy_for(url, variables), trust)
        return HubSite(hub, BoundKey(token, hub.origin) if token else None, network)


def pulling_with(
    environment: Environment, model_folder: Path | None, token: Callable[[], Key | None]
) -> Pulling:
    files = local_files(environment, model_folder)
    return Pulling(environment, files, token)


def reached(site: HubSite, ask: Callable[[], T]) -> T:
    """An answer of the Hub, asked again where the line drops."""
    for _ in range(TRIES - 1):
        with suppress(DroppedError):
            return ask()
    try:
        return ask()
    except DroppedError as problem:
        raise DownloadError(
            f"{site.address.origin} cannot be reached ({problem}): check the connection, and HTTPS_PROXY."
        ) from problem


def chosen(
    listed: tuple[HubFile, ...], repository: str, wanted: str, entry: CatalogueModel | None
) -> HubFile:
    """The file that is meant, by its name, else by what the catalogue says of its kind."""
    exact = [file for file in listed if file.path == wanted]
    alike = [file for file in listed if entry and entry.is_meant_by(repository, file.path)]
    found = exact or alike
    if not found:
        models = [file.path for file in listed if file.path.lower().endswith(".gguf")][:12]
        there = f"it has {', '.join(models)}" if models else "it has no model file"
        raise DownloadError(f"{repository} has no {wanted or 'file of the kind that is meant'}: {there}.")
    repository_file(f"{repository}/{found[0].path}")
    if PART_OF_MANY.fullmatch(found[0].path):
        raise DownloadError(
            f"{found[0].path} is one of several parts, which Foretype does not download: choose a smaller "
            "quantisation, or download all parts with `hf download`; they are found in its cache."
        )
    return found[0]
