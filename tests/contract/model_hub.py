"""A Hub on loopback that gives out model files, and the storage it sends to; as honest as they are told."""

from __future__ import annotations

import hashlib
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from foretype.keys.bound import BoundKey
from foretype.keys.key import Key
from foretype.keys.origin import parse_address, parse_origin
from foretype.models.hub_site import MAIN, HubFile, HubSite, Network

from contract.upstream import Heard, Upstream, Visit, serving

REPOSITORY = "ggml-org/Tiny-GGUF"
FILE = "tiny-q8_0.gguf"
SECRET = "hf_" + "aBcDeFgHiJ" * 3


@dataclass
class ModelHub:
    """One repository; `site` is the origin and `storage` is where its files are.

    `files` are those of its main version, `versions` those of others that can be asked for by their revision.
    """

    site: Upstream
    storage: Upstream
    repository: str = REPOSITORY
    files: dict[str, bytes] = field(default_factory=dict)
    versions: dict[str, dict[str, bytes]] = field(default_factory=dict)
    etag: str = '"v1"'
    recorded_sha256: str = ""
    recorded_size: int | None = None
    refusal: tuple[str, str] | None = None

    def serve(self, content: bytes, file: str = FILE) -> HubFile:
        self.files[file] = content
        return HubFile(file, len(content), hashlib.sha256(content).hexdigest())

    def address(self, *, token: bool = False) -> HubSite:
        """How Foretype reaches it."""
        key = BoundKey(Key(SECRET), parse_origin(self.site.origin)) if token else None
        return HubSite(
            parse_address(self.site.origin), key, Network(lambda url: None, ssl.create_default_context)
        )

    @property
    def known_revisions(self) -> tuple[str, ...]:
        return (MAIN, *self.versions)

    @property
    def ranges(self) -> list[str]:
        """Which part each request to the storage asked for."""
        return [heard.headers.get("range", "") for heard in self.storage.heard]

    @property
    def tokens(self) -> tuple[list[str], list[str]]:
        """What the site and the storage were shown of the token."""
        return shown(self.site.heard), shown(self.storage.heard)

    async def answer_as_site(self, visit: Visit) -> None:
        path = visit.heard.path.partition("?")[0]
        revision, _, file = path.removeprefix(f"/{self.repository}/resolve/").partition("/")
        if self.refusal is not None:
            status, code = self.refusal
            await visit.answer(status, b'{"error":"no"}', X_Error_Code=code)
        elif path == f"/api/models/{self.repository}":
            siblings = [{"rfilename": path, "size": len(content)} for path, content in self.files.items()]
            about = {"tags": ["gguf", "license:mit"], "siblings": siblings}
            await visit.answer("200 OK", json.dumps(about).encode())
        elif path.startswith(f"/api/models/{self.repository}/tree/"):
            await self.list(visit, path.rpartition("/")[2])
        elif file in self.files_of(revision):
            place = file if revision == MAIN else f"{revision}/{file}"
            await visit.answer("302 Found", b"", Location=f"{self.storage.origin}/{place}?sig=1")
        elif path.startswith(f"/{self.repository}/resolve/") and revision not in self.known_revisions:
            await visit.answer("404 Not Found", b"{}", X_Error_Code="RevisionNotFound")
        else:
            await visit.answer("404 Not Found", b"{}", X_Error_Code="RepoNotFound")

    def files_of(self, revision: str) -> dict[str, bytes]:
        return self.files if revision == MAIN else self.versions.get(revision, {})

    async def list(self, visit: Visit, revision: str) -> None:
        if revision in self.known_revisions:
            await visit.answer("200 OK", json.dumps(self.listing(self.files_of(revision))).encode())
        else:
            await visit.answer("404 Not Found", b"{}", X_Error_Code="RevisionNotFound")

    def listing(self, listed: dict[str, bytes]) -> Sequence[dict[str, object]]:
        """The file as it is recorded, between rows that are none of ours."""
        files = [
            {
                "type": "file",
                "path": path,
                "size": len(content),
                "lfs": {
                    "oid": self.recorded_sha256 or hashlib.sha256(content).hexdigest(),
                    "size": self.recorded_size if self.recorded_size is not None else len(content),
                },
            }
            for path, content in listed.items()
        ]
        return [
            {"type": "directory", "path": "old"},
            {"type": "file", "path": "README.md", "size": 3},
            *files,
        ]

    async def answer_as_storage(self, visit: Visit) -> None:
        """Honestly."""
        await self.give(visit)

    async def give(self, visit: Visit, most: int | None = None, *, claims: int | None = None) -> None:
        """The bytes asked for; no more than `most`, and then the line drops."""
        place = visit.heard.path[1:].partition("?")[0]
        revision, slash, file = place.rpartition("/")
        content = self.files_of(revision)[file] if slash else self.files[place]
        first = self.first_byte(visit.heard)
        whole = len(content) if claims is None else claims
        lines = [f"ETag: {self.etag}", f"Content-Length: {whole - first}"]
        status = "200 OK"
        if first:
            status = "206 Partial Content"
            lines.append(f"Content-Range: bytes {first}-{whole - 1}/{whole}")
        await visit.send("\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode())
        end = len(content) if most is None else first + most
        await visit.send(content[first:end])
        if end < len(content):
            visit.hang_up()

    def first_byte(self, heard: Heard) -> int:
        """Where an answer begins: at zero, unless a range of this very version is asked for."""
        if heard.headers.get("if-range", self.etag) != self.etag:
            return 0
        return int(heard.headers.get("range", "bytes=0-").removeprefix("bytes=").rstrip("-"))


def shown(heard: list[Heard]) -> list[str]:
    return [each.headers["authorization"] for each in heard if "authorization" in each.headers]


@asynccontextmanager
async def model_hub() -> AsyncIterator[ModelHub]:
    async with serving() as site, serving() as storage:
        hub = ModelHub(site, storage)
        site.always(hub.answer_as_site)
        storage.always(hub.answer_as_storage)
        yield hub
