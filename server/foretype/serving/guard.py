"""Who may ask: a client on this machine that has the key, and no page in a browser."""

from __future__ import annotations

from dataclasses import dataclass

from foretype.keys.key import Key
from foretype.serving.http import Heard, Refused


@dataclass(frozen=True)
class Guard:
    """The key, and the port that a client must have meant."""

    key: Key
    port: int

    def check(self, heard: Heard) -> None:
        """Raises for a request that must not be served; whether the key is right is asked last."""
        if {"host", "authorization", "origin"} & heard.repeated:
            raise Refused(400, "A header came twice.")
        # A page whose name was made to mean 127.0.0.1 still says its own name here.
        if heard.headers.get("host", "").lower() not in self._hosts:
            raise Refused(421, "This server is for clients of this machine, under its own address.")
        if "origin" in heard.headers or heard.headers.get("sec-fetch-site", "none") != "none":
            raise Refused(403, "Web pages are not served.")
        kind, _, written = heard.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not written or Key(written.strip()) != self.key:
            raise Refused(
                401,
                "The key is missing or wrong: it is the one that `foretype serve` keeps.",
                "invalid_api_key",
                **{"WWW-Authenticate": "Bearer"},
            )

    @property
    def _hosts(self) -> tuple[str, ...]:
        return f"127.0.0.1:{self.port}", f"localhost:{self.port}"
