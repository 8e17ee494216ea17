"""Where a request goes and with which key; how it is shaped is the dialect's concern."""

from __future__ import annotations

import ipaddress
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from foretype.errors import SettingsError

_DEFAULT_PORTS = {"http": 80, "https": 443}


class OriginKey(Hashable, Protocol):
    """A key that knows the one origin it may be sent to."""

    def header_for(self, url: str) -> Mapping[str, str]: ...


@dataclass(frozen=True)
class Endpoint:
    """One server that answers requests: its address, its dialect, and what it takes to reach it."""

    name: str
    base_url: str
    dialect: str
    key: OriginKey | None = field(default=None, repr=False)
    proxy: str | None = field(default=None, repr=False)
    certificates: str | None = None
    headers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        check_address(self.name, self.base_url)

    @property
    def origin(self) -> str:
        return origin_of(self.base_url)


def origin_of(url: str) -> str:
    """Scheme, host and port, the port always written out."""
    parts = urlsplit(url)
    host = (parts.hostname or "").lower()
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}:{parts.port or _DEFAULT_PORTS.get(parts.scheme, 0)}"


def is_loopback(host: str) -> bool:
    """True where the host is this machine, by its name or by its address."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_address(name: str, url: str) -> None:
    """Refuses an address to which code must not be sent, in a sentence that does not repeat it."""
    parts = urlsplit(url)
    if parts.scheme not in _DEFAULT_PORTS or not parts.hostname:
        raise SettingsError(f"The url of endpoint '{name}' must start with https:// and name a host.")
    if parts.username or parts.password:
        raise SettingsError(f"The url of endpoint '{name}' holds a password: put the key in `key_env`.")
    if parts.query or parts.fragment:
        raise SettingsError(f"The url of endpoint '{name}' must end with a path: nothing after ? or #.")
    if parts.scheme == "http" and not is_loopback(parts.hostname):
        raise SettingsError(
            f"The url of endpoint '{name}' must be https://: http:// is for this machine only."
        )
