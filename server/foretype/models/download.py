"""A model file from the Hub to this disk: resumed where it broke off, checked, there whole or not at all."""

from __future__ import annotations

import errno
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.config.private_files import make_private_folder, reason_of
from foretype.errors import DownloadError, ModelFileError
from foretype.models.gguf import read_header
from foretype.models.hub_site import MAIN, DroppedError, HubFile, HubSite
from foretype.models.memory_fit import gigabytes
from foretype.models.part_file import FOLDER, Arrived, PartFile

if TYPE_CHECKING:
    import httpx

PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)
SPARE_BYTES = 64 << 20
MOST_FRESH_STARTS = 3
PARTIAL_CONTENT, NOTHING_THERE = 206, 416
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@dataclass(frozen=True)
class Wanted:
    """A file of a version of a repository, and where it is to stand below the model folder."""

    repository: str
    file: HubFile
    root: Path
    target: Path
    revision: str = MAIN

    @property
    def is_there(self) -> bool:
        """Whether it stands under its name; one of another size is another file."""
        try:
            return self.target.is_file() and self.target.stat().st_size == self.file.size_bytes
        except OSError:
            return False


@dataclass(frozen=True)
class Watch:
    """Who looks on: told the bytes that are there and those there will be; `stop` ends it."""

    progress: Callable[[int, int], None] = lambda there, whole: None
    stop: threading.Event = field(default_factory=threading.Event)

    def after(self, before_bytes: int, all_bytes: int) -> Watch:
        """The same, told of one file among several."""
        return Watch(lambda there, whole: self.progress(before_bytes + there, all_bytes), self.stop)


def download(site: HubSite, wanted: Wanted, watch: Watch, pauses_s: tuple[float, ...] = PAUSES_S) -> None:
    """Fetch a file; whatever goes wrong, what has arrived rightly is kept for the next time."""
    part = PartFile(wanted.root / FOLDER, wanted.file.sha256)
    try:
        stay_below(wanted)
        make_private_folder(wanted.target.parent)
        with part.held():
            with part.opened() as arrived:
                arrived.take_stock(wanted.file.size_bytes)
                check_room(wanted, arrived.count)
                Transfer(site, wanted, watch, part, arrived, pauses_s).run()
                is_right = arrived.is_what_it_should_be(wanted.file.sha256)
            check_content(part, wanted, is_right=is_right)
            part.become(wanted.target)
    except OSError as error:
        raise DownloadError(told(error, wanted)) from error


@dataclass
class Transfer:
    """The requests that it takes until every byte is there."""

    site: HubSite
    wanted: Wanted
    watch: Watch
    part: PartFile
    arrived: Arrived
    pauses_s: tuple[float, ...]
    fresh_starts: int = 0

    def run(self) -> None:
        pauses = list(self.pauses_s)
        while self.arrived.count < self.wanted.file.size_bytes:
            before, starts = self.arrived.count, self.fresh_starts
            try:
                self._ask()
            except DroppedError as problem:
                if self.arrived.count > before or self.fresh_starts > starts:
                    pauses = list(self.pauses_s)
                if not pauses:
                    raise DownloadError(self._given_up(problem)) from problem
                if self.watch.stop.wait(max(pauses.pop(0), problem.retry_after_s)):
                    raise stopped() from problem
            if self.watch.stop.is_set():
                raise stopped()

    def _ask(self) -> None:
        """One request for what is missing, if need be for everything."""
        etag = self.part.etag()
        headers = {"Range": f"bytes={self.arrived.count}-"} if self.arrived.count else {}
        if headers and etag.startswith('"'):
            headers["If-Range"] = etag
        wanted = self.wanted
        with self.site.opened(wanted.repository, wanted.revision, wanted.file.path, headers) as response:
            now = response.headers.get("etag", "")
            goes_on = response.status_code == PARTIAL_CONTENT and (not etag or now == etag)
            if not goes_on and self.arrived.count:
                self._start_over()
            if response.status_code == NOTHING_THERE or (
                response.status_code == PARTIAL_CONTENT and not goes_on
            ):
                return
            if goes_on and begins_at(response) != self.arrived.count:
                self._start_over()
                return
            self._check_size(response)
            if now != etag:
                self.part.remember_etag(now)
            self._read(response)

    def _read(self, response: httpx.Response) -> None:
        whole = self.wanted.file.size_bytes
        for piece in response.iter_raw():
            if self.arrived.count + len(piece) > whole:
                self.arrived.start_over()
                raise DownloadError(self._wrong_size(f"more than {whole}"))
            self.arrived.add(piece)
            self.watch.progress(self.arrived.count, whole)
            if self.watch.stop.is_set():
                return
        if self.arrived.count < whole:
            raise DroppedError("the answer ended early")

    def _start_over(self) -> None:
        """What is at the Hub is not what we have the beginning of."""
        self.arrived.start_over()
        self.part.remember_etag("")
        self.fresh_starts += 1
        if self.fresh_starts > MOST_FRESH_STARTS:
            raise DownloadError(
                f"{self.wanted.repository} is being changed while it is downloaded: try again in a while."
            )

    def _check_size(self, response: httpx.Response) -> None:
        """The server's word for the size against the Hub's, before a byte is kept."""
        if response.status_code == PARTIAL_CONTENT:
            said = response.headers.get("content-range", "").rpartition("/")[2]
        else:
            said = response.headers.get("content-length", "")
        if said.isdigit() and int(said) != self.wanted.file.size_bytes:
            raise DownloadError(self._wrong_size(said))

    def _wrong_size(self, said: str) -> str:
        return (
            f"{self.wanted.file.path} should have {self.wanted.file.size_bytes} bytes, and the server sends "
            f"{said}: it was changed, or something on the way changes it. Try again later."
        )

    def _given_up(self, problem: DroppedError) -> str:
        there, whole = gigabytes(self.arrived.count), gigabytes(self.wanted.file.size_bytes)
        return (
            f"The download broke off too often ({problem}); {there} of {whole} are there and are kept: "
            "check the connection, and pull again."
        )


def begins_at(response: httpx.Response) -> int:
    """The position that a partial answer says it begins at; -1 where it says none."""
    first = response.headers.get("content-range", "").removeprefix("bytes ").partition("-")[0]
    return int(first) if first.isdigit() else -1


def check_room(wanted: Wanted, arrived_bytes: int) -> None:
    missing, free = wanted.file.size_bytes - arrived_bytes, free_bytes(wanted.root)
    if missing + SPARE_BYTES > free:
        raise no_room(f"{wanted.file.path} takes", missing, free, wanted.root)


def check_room_for_all(root: Path, wanted: Sequence[Wanted]) -> None:
    """Before the first of several files: room for one of them is no good."""
    if len(wanted) == 1:
        return
    missing = [each for each in wanted if not each.is_there]
    parts = (PartFile(root / FOLDER, each.file.sha256).path for each in missing)
    arrived = sum(part.stat().st_size for part in parts if part.is_file())
    needed = sum(each.file.size_bytes for each in missing) - arrived
    make_private_folder(root)
    free = free_bytes(root)
    if missing and needed + SPARE_BYTES > free:
        raise no_room(f"{missing[0].file.path} and its other parts take", needed, free, root)


def free_bytes(folder: Path) -> int:
    import shutil  # with it come four libraries that pack archives

    return shutil.disk_usage(folder).free


def no_room(what: str, missing: int, free: int, root: Path) -> DownloadError:
    return DownloadError(
        f"{what} another {gigabytes(missing)}, and {gigabytes(free)} are free at {root}: make room, or "
        "choose a smaller model."
    )


def check_content(part: PartFile, wanted: Wanted, *, is_right: bool) -> None:
    """What arrived is thrown away unless it is what the Hub recorded, and a model."""
    if not is_right:
        part.remove()
        raise DownloadError(
            f"{wanted.file.path} arrived with another checksum than the Hub's, so it was thrown away: "
            "something on the way changed it, or HF_ENDPOINT is no honest mirror. Try again later."
        )
    try:
        read_header(part.path)
    except ModelFileError as problem:
        part.remove()
        sentence = str(problem).replace(str(part.path), wanted.file.path)
        raise DownloadError(
            f"What was downloaded is no model, so it was thrown away: {sentence}"
        ) from problem


def stay_below(wanted: Wanted) -> None:
    """The folder for the file, wherever links lead, is below the model folder."""
    if wanted.root.resolve() not in wanted.target.parent.resolve().parents:
        raise DownloadError(f"{wanted.target.parent} leads out of {wanted.root}: remove the link.")


def told(error: OSError, wanted: Wanted) -> str:
    if error.errno in NO_ROOM:
        return (
            f"The disk of {wanted.root} is full. What has arrived of {wanted.file.path} is kept: make room, "
            "and pull again."
        )
    return f"{wanted.root} cannot be written to: {reason_of(error)}; make it writable."


def stopped() -> DownloadError:
    return DownloadError(
        "The download was stopped. What has arrived is kept, and the next pull goes on from it."
    )
