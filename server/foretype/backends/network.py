"""What the process environment says of proxies and certificates; nothing else is asked."""

from __future__ import annotations

from collections.abc import Mapping

from foretype.keys.origin import is_loopback, parse_origin


def proxy_for(url: str, environment: Mapping[str, str]) -> str | None:
    """The proxy for a url, None where it is reached directly."""
    origin = parse_origin(url)
    if is_loopback(origin) or is_exempt(origin.host, origin.port, _read(environment, "no_proxy")):
        return None
    proxy = _read(environment, f"{origin.scheme}_proxy") or _read(environment, "all_proxy")
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    return proxy or None


def certificates_from(environment: Mapping[str, str]) -> str | None:
    """The file or folder of certificates that the user trusts beside the system's."""
    return environment.get("SSL_CERT_FILE") or environment.get("SSL_CERT_DIR") or None


def is_exempt(host: str, port: int | None, no_proxy: str) -> bool:
    """True where a NO_PROXY list names the host, a domain above it, or everything."""
    for entry in no_proxy.lower().replace(",", " ").split():
        name, _, wanted_port = entry.rpartition(":") if entry.count(":") == 1 else (entry, "", "")
        if wanted_port and wanted_port != str(port):
            continue
        domain = name.removeprefix("*").removeprefix(".").strip("[]")
        if entry == "*" or (domain and (host == domain or host.endswith(f".{domain}"))):
            return True
    return False


def _read(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name) or environment.get(name.upper()) or ""
