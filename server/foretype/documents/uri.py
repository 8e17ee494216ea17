"""Which document a URI means, told from its text alone."""

from __future__ import annotations

import re
from pathlib import PurePath, PurePosixPath, PureWindowsPath
from typing import NamedTuple
from urllib.parse import quote_from_bytes, unquote_to_bytes

# One letter before a colon is a Windows drive, not a scheme.
SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(.*)", re.DOTALL)
AUTHORITY = re.compile(r"//([^/?#]*)(.*)", re.DOTALL)
TAIL = re.compile(r"([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
DRIVE = re.compile(rb"/?([A-Za-z])[:|](?=[/\\]|\Z)(.*)", re.DOTALL)
PLAIN_IN_HOST = ":@!$&'()*+,;=~-._[]"
PLAIN = "/" + PLAIN_IN_HOST


class Parts(NamedTuple):
    """A URI taken apart, percent-encoding undone once; `query` and `fragment` are None where absent."""

    scheme: str
    host: bytes
    path: bytes
    query: bytes | None
    fragment: bytes | None


def document_key(uri: str) -> str:
    """One spelling for all URIs that mean the same document; any string has one, a key is its own."""
    parts = _parts(uri)
    if parts is None:
        # Its colons are written as escapes, so that it never looks like a URI.
        return _encoded(_decoded(uri)).replace(":", "%3A")
    host = quote_from_bytes(parts.host, PLAIN_IN_HOST)
    key = f"{parts.scheme}://{host}" if _has_authority(parts) else f"{parts.scheme}:"
    key += _encoded(parts.path)
    if parts.query is not None:
        key += "?" + _encoded(parts.query)
    if parts.fragment is not None:
        key += "#" + _encoded(parts.fragment)
    return key


def file_path(uri: str) -> PurePath | None:
    """The path that a file URI names, in the flavour of the system it was written on; None for all else."""
    parts = _parts(uri)
    if parts is None or parts.scheme != "file" or b"\0" in parts.path:
        return None
    path = parts.path.decode("utf-8", "surrogateescape")
    if parts.host:
        return PureWindowsPath(f"//{parts.host.decode('utf-8', 'surrogateescape')}{path}")
    return PureWindowsPath(path[1:]) if DRIVE.match(parts.path) else PurePosixPath(path)


def file_uri(path: PurePath) -> str:
    """The URI of an absolute path."""
    if not path.is_absolute():
        raise ValueError(f"only an absolute path has a URI, not {path}")
    text = path.as_posix()
    on_share = path.drive.startswith("\\\\")
    start = "file:" if on_share else "file://" if text.startswith("/") else "file:///"
    return start + quote_from_bytes(text.encode("utf-8", "surrogateescape"), PLAIN)


def _parts(uri: str) -> Parts | None:
    found = SCHEME.fullmatch(uri)
    if found is None:
        return None
    scheme, rest = found[1].lower(), found[2]
    host = b""
    if with_authority := AUTHORITY.fullmatch(rest):
        host, rest = _decoded(with_authority[1]).lower(), with_authority[2]
    tail = TAIL.fullmatch(rest)
    assert tail is not None
    host, path = _host_and_path(scheme, host, _decoded(tail[1]))
    query = None if tail[2] is None else _decoded(tail[2][1:])
    fragment = None if tail[3] is None else _decoded(tail[3][1:])
    return Parts(scheme, host, path, query, fragment)


def _host_and_path(scheme: str, host: bytes, path: bytes) -> tuple[bytes, bytes]:
    """Host and path with what editors spell in several ways spelled in one."""
    if scheme == "file":
        if host == b"localhost":
            host = b""
        elif DRIVE.fullmatch(host):
            host, path = b"", b"/" + host + path
        if not path.startswith(b"/"):
            path = b"/" + path
    if drive := DRIVE.fullmatch(path):
        slash = path[:1] if path.startswith(b"/") else b""
        path = slash + drive[1].lower() + b":" + drive[2].replace(b"\\", b"/")
    return host, path


def _has_authority(parts: Parts) -> bool:
    return parts.scheme == "file" or bool(parts.host) or parts.path.startswith(b"//")


def _decoded(text: str) -> bytes:
    return unquote_to_bytes(text.encode("utf-8", "surrogatepass"))


def _encoded(text: bytes) -> str:
    return quote_from_bytes(text, PLAIN)
