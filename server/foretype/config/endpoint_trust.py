"""Which servers an editor's settings may send code to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from foretype.config.judgement import Ground, Verdicts, address_of
from foretype.errors import OriginError
from foretype.keys.origin import Address, is_loopback, is_private_in_transit, parse_address

if TYPE_CHECKING:
    from foretype.config.plain import Plain


def allowed_endpoints(written: object, key: str, ground: Ground, verdicts: Verdicts) -> object:
    """The endpoints that may be used, each without a key: a variable may be named in config.toml only."""
    allowed: Plain = {}
    for name, endpoint in written.items() if isinstance(written, Mapping) else ():
        address = allowed_address(name, endpoint, f"{key}.{name}", ground, verdicts)
        if address is None:
            continue
        if endpoint.get("key_env"):
            sentence = "may be named in config.toml only; the endpoint is used without a key"
            verdicts.refuse(f"{key}.{name}.key_env", sentence)
        allowed[name] = {"url": address.url, "dialect": endpoint.get("dialect", "openai")}
    return allowed


def allowed_address(
    name: str, endpoint: Mapping[str, object], key: str, ground: Ground, verdicts: Verdicts
) -> Address | None:
    """Loopback, or an origin that the user's own hand has listed; any other is asked about."""
    try:
        address = parse_address(str(endpoint["url"]))
    except OriginError as error:
        verdicts.refuse(f"{key}.url", str(error))
        return None
    if declared := ground.endpoint(name):
        if not same_endpoint(declared, endpoint, address):
            verdicts.refuse(key, "config.toml declares an endpoint of this name, and that one stands")
        return None
    origin = address.origin
    if not is_private_in_transit(origin):
        verdicts.refuse(f"{key}.url", "must be https: plain http is for servers on this machine")
        return None
    if is_loopback(origin) or origin in ground.listed_origins() or ground.consents.allows(origin):
        return address
    verdicts.ask(
        key, origin, f"The endpoint '{name}' in this editor's settings sends your code to {origin}. Allow it?"
    )
    return None


def same_endpoint(declared: Mapping[str, object], written: Mapping[str, object], address: Address) -> bool:
    dialects = (each.get("dialect", "openai") for each in (declared, written))
    return address_of(declared) == address and len(set(dialects)) == 1
