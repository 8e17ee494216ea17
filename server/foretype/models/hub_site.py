"""The Hub as a place to download from: what a repository holds, and a file's bytes from any position on.

The token goes to the Hub's own origin only; the servers that it sends us to get none.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urljoin

from foretype import __version__
from foretype.errors import DownloadError, OriginError
from foretype.keys.origin import Address, is_loopback, parse_origin

if TYPE_CHECKING:
    import httpx

    from foretype.keys.bound import BoundKey

CONNECT_S = 10.0
READ_S = 20.0
MOST_REDIRECTS = 6
MOST_PAGES = 50
LARGEST_PAGE_BYTES = 8 << 20
LONGEST_WAIT_S = 60.0
REDIRECTS = (301, 302, 303, 307, 308)
PASSES = (408, 425, 429, 500, 502, 503, 504)
UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 401, 403, 404
MAIN = "main"
TOKENS_PAGE = "https://huggingface.co/settings/tokens"


class DroppedError(Exception):
    """The line dropped, or the server is busy: worth another try; the text says what it was."""

    def __init__(self, what: str, retry_after_s: float = 0.0) -> None:
        super().__init__(what)
        self.retry_after_s = retry_after_s


class VersionGoneError(DownloadError):
    """A repository no longer has the version that was asked for: its history was written anew."""


@dataclass(frozen=True)
class HubFile:
    """A file as the Hub records it."""

    path: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True)
class Network:
    """What the user's environment says of proxies, and whom this machine trusts."""

    proxy_for: Callable[[str], str | None]
    trust: Callable[[], ssl.SSLContext]


@dataclass(frozen=True)
class HubSite:
    """Asks with plain requests, so not on the thread that serves."""

    address: Address
    key: BoundKey | None
    network: Network

    def page_of(self, repository: str) -> str:
        return f"{self.address.url}/{repository}"

    def files(self, repository: str, revision: str = MAIN) -> tuple[HubFile, ...]:
        """The files of a repository that have a checksum, in the Hub's order."""
        url = f"{self.address.url}/api/models/{quote(repository)}/tree/{quote(revision)}?recursive=true"
        found: list[HubFile] = []
        for _ in range(MOST_PAGES):
            with self._answer(url, {}, repository) as response:
                found += listed(bounded(response))
                following = response.links.get("next", {}).get("url", "")
            if not following:
                break
            url = urljoin(url, following)
            if parse_origin(without_query(url)) != self.address.origin:
                raise DownloadError(
                    f"{self.address} sends elsewhere for the rest of its list; try again later."
                )
        return tuple(found)

    def licence_of(self, repository: str) -> str:
        """What the repository's page states; empty where it states nothing."""
        url = f"{self.address.url}/api/models/{quote(repository)}"
        with self._answer(url, {}, repository) as response:
            about = object_in(bounded(response))
        tags = about.get("tags")
        stated = (
            [str(tag) for tag in tags if str(tag).startswith("license:")] if isinstance(tags, list) else []
        )
        return stated[0].partition(":")[2] if stated else ""

    @contextmanager
    def opened(
        self, repository: str, revision: str, file: str, headers: Mapping[str, str]
    ) -> Iterator[httpx.Response]:
        """A file's answer, after the redirects that may be followed."""
        url = f"{self.address.url}/{quote(repository)}/resolve/{quote(revision)}/{quote(file)}"
        with self._answer(url, headers, repository) as response:
            yield response

    @contextmanager
    def _answer(self, url: str, headers: Mapping[str, str], repository: str) -> Iterator[httpx.Response]:
        import httpx

        try:
            with self._followed(url, headers) as response:
                self._refuse(response, repository)
                yield response
        except httpx.ProxyError as error:
            raise DownloadError(f"The proxy does not let us through: {error}; check HTTPS_PROXY.") from error
        except (httpx.TransportError, httpx.StreamError) as error:
            if is_about_certificates(error):
                raise DownloadError(
                    "The certificate of the Hub is not trusted. Behind a company proxy, name its authority "
                    "in SSL_CERT_FILE; otherwise check this machine's clock."
                ) from error
            raise DroppedError(f"{type(error).__name__}") from error

    @contextmanager
    def _followed(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        for _ in range(MOST_REDIRECTS):
            self._check_target(url)
            with self._sent(url, headers) as response:
                location = response.headers.get("location", "")
                if response.status_code not in REDIRECTS or not location:
                    yield response
                    return
            url = urljoin(url, location)
        raise DownloadError("The Hub sends us around in circles; try again later.")

    @contextmanager
    def _sent(self, url: str, headers: Mapping[str, str]) -> Iterator[httpx.Response]:
        import httpx

        own = {"User-Agent": f"foretype/{__version__}", "Accept-Encoding": "identity"}
        key = self.key.header_for(url) if self.key else {}
        trust = self.network.trust() if url.startswith("https:") else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        timeout = httpx.Timeout(READ_S, connect=CONNECT_S)
        proxy = self.network.proxy_for(without_query(url))
        with (
            httpx.Client(verify=trust, proxy=proxy, timeout=timeout, trust_env=False) as client,
            client.stream("GET", url, headers={**own, **headers, **key}) as response,
        ):
            yield response

    def _check_target(self, url: str) -> None:
        """Nobody on the way may read or change what is sent, unless all of the way is on this machine."""
        try:
            origin = parse_origin(without_query(url))
        except OriginError as error:
            raise DownloadError("The Hub sends us to an address that cannot be understood.") from error
        may_be_here = is_loopback(self.address.origin) and is_loopback(origin)
        if origin != self.address.origin and origin.scheme != "https" and not may_be_here:
            raise DownloadError(
                f"The Hub sends us to {origin}, which is not encrypted, so nothing is downloaded from there; "
                "check HF_ENDPOINT, or try again from another network."
            )

    def _refuse(self, response: httpx.Response, repository: str) -> None:
        """Answers that hold no file, each as what can be done about it."""
        status = response.status_code
        code = response.headers.get("x-error-code", "")
        if status in PASSES:
            raise DroppedError(f"HTTP status {status}", waiting_s(response.headers.get("retry-after", "")))
        if status in (UNAUTHORIZED, FORBIDDEN):
            raise DownloadError(self._no_entry(repository, code, status))
        if status == NOT_FOUND and code == "EntryNotFound":
            raise DownloadError(
                f"{repository} has no such file: {self.page_of(repository)}/tree/main lists those it has."
            )
        if status == NOT_FOUND and code == "RevisionNotFound":
            raise VersionGoneError(f"{repository} no longer has the version that was begun: pull again.")
        if status == NOT_FOUND:
            raise DownloadError(
                f"There is no {repository} at {self.address.origin}: check how it is written."
            )
        if status >= 300 and status != 416:
            raise DownloadError(f"{self.address.origin} answers with HTTP status {status}; try again later.")

    def _no_entry(self, repository: str, code: str, status: int) -> str:
        page = self.page_of(repository)
        if code == "GatedRepo":
            return (
                f"{repository} has terms to be accepted first: open {page}, accept them, and set HF_TOKEN "
                f"to a token of that account, from {TOKENS_PAGE}."
            )
        if self.key is None:
            return (
                f"{repository} is private, or is not there: open {page}, or set HF_TOKEN from {TOKENS_PAGE}."
            )
        return (
            f"The token may not read {repository} (HTTP status {status}): open {page} with its account, or "
            f"make another at {TOKENS_PAGE}."
        )


def listed(body: bytes) -> list[HubFile]:
    """The rows of a listing that are files with a sha256."""
    try:
        rows = json.loads(body)
    except (ValueError, RecursionError):
        rows = None
    if not isinstance(rows, list):
        raise DownloadError("The Hub's list of files cannot be understood; check HF_ENDPOINT.")
    found = []
    for row in rows:
        lfs = row.get("lfs") if isinstance(row, dict) else None
        if not isinstance(lfs, dict):
            continue
        path, size, sha256 = row.get("path"), lfs.get("size"), lfs.get("oid")
        if isinstance(path, str) and isinstance(size, int) and size > 0 and is_sha256(sha256):
            found.append(HubFile(path, size, str(sha256).lower()))
    return found


def object_in(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def bounded(response: httpx.Response) -> bytes:
    body = bytearray()
    for piece in response.iter_raw():
        body += piece
        if len(body) > LARGEST_PAGE_BYTES:
            raise DownloadError("The Hub's list of files is too long to be one; check HF_ENDPOINT.")
    return bytes(body)


def is_sha256(value: object) -> bool:
    return isinstance(value, str) and len(value) == 64 and all(c in "0123456789abcdefABCDEF" for c in value)


def is_about_certificates(error: BaseException | None) -> bool:
    """Whether a certificate is at the bottom of a failure."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def without_query(url: str) -> str:
    """What decides where a request goes; the signature behind it is longer than other addresses are."""
    return url.partition("#")[0].partition("?")[0]


def waiting_s(written: str) -> float:
    """A Retry-After in seconds, within reason."""
    return min(float(written), LONGEST_WAIT_S) if written.isascii() and written.isdigit() else 0.0
