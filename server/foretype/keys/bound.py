"""A key and the one origin it may be sent to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from foretype.errors import OriginError
from foretype.keys.origin import Origin, is_private_in_transit, parse_origin

if TYPE_CHECKING:
    from foretype.keys.key import Key


@dataclass(frozen=True)
class BoundKey:
    """A key that answers only for its own origin."""

    key: Key
    origin: Origin

    def header_for(self, url: object) -> dict[str, str]:
        """The Authorization header for a request to `url`, or nothing where the key does not belong."""
        try:
            target = parse_origin(str(url))
        except OriginError:
            return {}
        if target != self.origin or not is_private_in_transit(target):
            return {}
        return {"Authorization": f"Bearer {self.key.reveal()}"}
