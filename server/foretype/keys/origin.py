"""Where a request goes: scheme, host and port, read from a URL in exactly one way.

Whatever two readers of a URL could understand differently is refused instead of understood.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

from foretype.errors import OriginError

DEFAULT_PORTS = {"http": 80, "https": 443}
LONGEST_URL = 2048
LONGEST_HOST = 253
IPV4_PART = r"(?:0|[1-9][0-9]{0,2})"

URL = re.compile(
    r"(?P<scheme>[Hh][Tt][Tt][Pp][Ss]?)://"
    r"(?:\[(?P<ipv6>[0-9A-Fa-f:.]+)\]|(?P<name>[^\x00-\x20\x7f/?#@:%\\\[\]]+))"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<rest>(?:[/?#][\x21-\x5b\x5d-\x7e]*)?)",
    re.ASCII,
)
DNS_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[a-z0-9_-]{1,63}(?<!-))*")
ENDS_IN_A_NUMBER = re.compile(r"(?:.*\.)?(?:[0-9]+|0x[0-9a-f]*)")
PLAIN_PATH = re.compile(r"(?:/[A-Za-z0-9._~@:+-]+)*")


@dataclass(frozen=True, order=True)
class Origin:
    """Scheme, host and port, each in its one spelling: lower case, punycode, no brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"


@dataclass(frozen=True)
class Address:
    """An origin and the path under which a server answers; what was judged is what is used."""

    origin: Origin
    path: str = ""

    @property
    def url(self) -> str:
        return f"{self.origin}{self.path}"

    def __str__(self) -> str:
        return self.url


def parse_origin(url: str) -> Origin:
    """The origin a URL would be sent to."""
    return parts_of(url)[0]


def parse_address(url: str) -> Address:
    """A server's base URL: no query, no fragment, no dot segments, no final slash."""
    origin, rest = parts_of(url)
    path = rest.rstrip("/")
    if not PLAIN_PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        raise OriginError("must be a plain URL, such as https://host:8080/v1, with no ? or # or .. in it")
    return Address(origin, path)


def is_loopback(origin: Origin) -> bool:
    """Whether a request to this origin cannot leave the machine."""
    if origin.host in ("localhost", "::1"):
        return True
    try:
        return ipaddress.IPv4Address(origin.host).is_loopback
    except ValueError:
        return False


def is_private_in_transit(origin: Origin) -> bool:
    """Whether nobody on the way can read a request: it is encrypted, or it stays on the machine."""
    return origin.scheme == "https" or is_loopback(origin)


def parts_of(url: str) -> tuple[Origin, str]:
    found = URL.fullmatch(url) if len(url) <= LONGEST_URL else None
    if not found:
        raise OriginError("must be a plain URL, such as https://host:8080/v1")
    scheme = found["scheme"].lower()
    port = int(found["port"]) if found["port"] else DEFAULT_PORTS[scheme]
    if not 0 < port < 65536:
        raise OriginError("names a port that does not exist")
    host = ipv6_host(found["ipv6"]) if found["ipv6"] else named_host(found["name"])
    return Origin(scheme, host, port), found["rest"]


def ipv6_host(text: str) -> str:
    try:
        address = ipaddress.IPv6Address(text)
    except ValueError as error:
        raise OriginError("names an IPv6 address that does not exist") from error
    if address.ipv4_mapped or address.is_unspecified:
        raise OriginError("names a host in a disguised way; write its name or its plain address")
    return str(address)


def named_host(text: str) -> str:
    host = (text if text.isascii() else punycode(text)).lower()
    if len(host) > LONGEST_HOST or not DNS_NAME.fullmatch(host):
        raise OriginError("names a host that cannot exist")
    if ENDS_IN_A_NUMBER.fullmatch(host):
        return ipv4_host(host)
    return host


def ipv4_host(text: str) -> str:
    if not re.fullmatch(rf"{IPV4_PART}(?:\.{IPV4_PART}){{3}}", text):
        raise OriginError("names a host in a disguised way; write its name or its plain address")
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError as error:
        raise OriginError("names an IPv4 address that does not exist") from error
    if address.is_unspecified:
        raise OriginError("names 0.0.0.0, which is no host; write 127.0.0.1 for this machine")
    return str(address)


def punycode(host: str) -> str:
    """The ASCII spelling of an international name; refused where its two standards would differ."""
    plain = host.lower()
    try:
        encoded = plain.encode("idna").decode("ascii") if len(plain) <= LONGEST_HOST else ""
        same = encoded.encode("ascii").decode("idna") == plain
    except UnicodeError:
        same = False
    if not same:
        raise OriginError("names a host in letters that can be mistaken; write its xn-- name")
    return encoded
