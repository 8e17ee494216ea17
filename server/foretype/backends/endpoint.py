"""Where a request goes and with which key; how it is shaped is the dialect's concern."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from foretype.errors import OriginError, SettingsError
from foretype.keys.origin import is_private_in_transit, parse_address, parse_origin


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

    @cached_property
    def origin(self) -> str:
        return origin_of(self.base_url)


def origin_of(url: str) -> str:
    """Scheme, host and port, the port always written out."""
    origin = parse_origin(url)
    host = f"[{origin.host}]" if ":" in origin.host else origin.host
    return f"{origin.scheme}://{host}:{origin.port}"


def check_address(name: str, url: str) -> None:
    """Refuses an address to which code must not be sent, in a sentence that does not repeat it."""
    try:
        origin = parse_address(url).origin
    except OriginError as error:
        raise SettingsError(f"The url of endpoint '{name}' {error}.") from error
    if not is_private_in_transit(origin):
        raise SettingsError(
            f"The url of endpoint '{name}' must be https://: http:// is for this machine only."
        )
