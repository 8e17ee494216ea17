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
from foretype.config.files import locate
from foretype.errors import DownloadError, ModelFileError
from foretype.flows.local_file import local_files
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.models.checksums import Checksums
from foretype.models.download import Wanted, Watch, check_room_for_all, download
from foretype.models.file_names import repository_file
from foretype.models.hub_site import MAIN, DroppedError, HubFile, HubSite, Network, VersionGoneError
from foretype.models.local_catalogue import CatalogueModel
from foretype.models.local_files import LocalFiles, LocalModel, is_path
from foretype.models.parts import all_names
from foretype.models.stores import OWN, FoundFile

TRIES = 3
CHECKSUMS = "model_checksums.json"

T = TypeVar("T")


@dataclass(frozen=True)
class Plan:
    """What would be downloaded; `id` is what a setting says for it."""

    id: str
    repository: str
    revision: str
    files: tuple[HubFile, ...]
    licence: str
    page: str
    entry: CatalogueModel | None

    @property
    def size_bytes(self) -> int:
        return sum(file.size_bytes for file in self.files)

    def name_of(self, file: HubFile) -> str:
        return f"{self.repository}/{file.path}"


@dataclass(frozen=True)
class Pulling:
    """Where models come from and where they go; `token` is looked for only when the Hub is asked."""

    environment: Environment
    files: LocalFiles
    checksums: Checksums
    token: Callable[[], Key | None]

    def plan(self, name: str, *, may_have_changed: bool = False) -> Plan:
        """What the Hub has under a name: the file that the catalogue knows, or that was here before."""
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
        known = entry.revision if entry and not may_have_changed else ""
        revision, listed = version(site, repository, known or MAIN)
        files = chosen(listed, repository, wanted, entry)
        licence = entry.licence if entry else reached(site, partial(site.licence_of, repository))
        id = entry.id if entry else f"local:{repository}/{files[0].path}"
        page = site.page_of(repository)
        plan = Plan(id, repository, revision, files, licence or "not stated", page, entry)
        if not may_have_changed:
            self._compare(plan)
        return plan

    def _compare(self, plan: Plan) -> None:
        """A file that is another than it was may be a better one, or somebody's who has no business there."""
        pinned = plan.entry.sha256 if plan.entry else ""
        for file in plan.files:
            if pinned == file.sha256:
                continue
            if pinned:
                raise DownloadError(
                    f"{file.path} of {plan.repository} is no longer the file that Foretype knows, so it is "
                    f"not downloaded: update Foretype, or, if you know why, {taking(plan.id)}."
                )
            before = self.checksums.of(plan.name_of(file))
            if before and before != file.sha256:
                raise DownloadError(
                    f"{file.path} of {plan.repository} is another file than the one that was downloaded "
                    f"here before, so it is not downloaded: if you know why, {taking(plan.id)}."
                )

    def fetch(self, plan: Plan, watch: Watch) -> LocalModel:
        """Download what was planned, unless it is there; the model that stands on the disk then."""
        root = self.files.stores.own
        if root is None:
            raise DownloadError("There is no folder for models: name one with FORETYPE_HOME.")
        wanted = [
            Wanted(plan.repository, file, root, root.joinpath(*plan.name_of(file).split("/")), plan.revision)
            for file in plan.files
        ]
        check_room_for_all(root, wanted)
        done_bytes = 0
        for each in wanted:
            known = self.checksums.of(plan.name_of(each.file))
            if not each.is_there or known not in ("", each.file.sha256):
                download(self._site(), each, watch.after(done_bytes, plan.size_bytes))
            self.checksums.remember(plan.name_of(each.file), each.file.sha256)
            done_bytes += each.file.size_bytes
        return self.files.checked(
            FoundFile(OWN, plan.name_of(plan.files[0]), wanted[0].target, root), plan.entry
        )

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
    state = locate(environment).state
    checksums = Checksums(state / CHECKSUMS if state else None)
    return Pulling(environment, local_files(environment, model_folder), checksums, token)


def taking(id: str) -> str:
    return f"`foretype models pull --changed {id}` takes it"


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


def version(site: HubSite, repository: str, revision: str) -> tuple[str, tuple[HubFile, ...]]:
    """The files of the version that is known, or of today's where the Hub has that one no longer."""
    try:
        return revision, reached(site, partial(site.files, repository, revision))
    except VersionGoneError:
        return MAIN, reached(site, partial(site.files, repository, MAIN))


def chosen(
    listed: tuple[HubFile, ...], repository: str, wanted: str, entry: CatalogueModel | None
) -> tuple[HubFile, ...]:
    """The file that is meant, by its name, else by what the catalogue says of its kind; all its parts."""
    exact = [file for file in listed if file.path == wanted]
    alike = [file for file in listed if entry and entry.is_meant_by(repository, file.path)]
    found = exact or alike
    if not found:
        models = [file.path for file in listed if file.path.lower().endswith(".gguf")][:12]
        there = f"it has {', '.join(models)}" if models else "it has no model file"
        raise DownloadError(f"{repository} has no {wanted or 'file of the kind that is meant'}: {there}.")
    repository_file(f"{repository}/{found[0].path}")
    by_path = {file.path: file for file in listed}
    folder, slash, name = found[0].path.rpartition("/")
    paths = [f"{folder}{slash}{each}" for each in all_names(name)]
    missing = [path for path in paths if path not in by_path]
    if missing:
        raise DownloadError(f"{repository} has no {missing[0]}, which {paths[0]} needs: choose another file.")
    return tuple(by_path[path] for path in paths)
