"""Images as they may be sent: data that is in the message itself, of a kind and size that models take."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence

MOST_IMAGES = 4
MOST_BYTES = 5_000_000
_DATA_URL = re.compile(r"data:image/(png|jpeg|gif|webp);base64,([A-Za-z0-9+/]+={0,2})")
_STARTS = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "gif": b"GIF8", "webp": b"RIFF"}


def usable(urls: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The images that can be sent, and a sentence for each one that cannot; an address is never fetched."""
    kept: list[str] = []
    refused: list[str] = []
    for at, url in enumerate(urls, 1):
        problem = what_is_wrong(url) if len(kept) < MOST_IMAGES else f"more than {MOST_IMAGES} are too many"
        if problem:
            refused.append(f"Image {at} is not sent: {problem}.")
        else:
            kept.append(url)
    return tuple(kept), tuple(refused)


def what_is_wrong(url: str) -> str:
    if len(url) > MOST_BYTES * 4 // 3 + 100:
        return f"it is larger than {MOST_BYTES // 1_000_000} MB"
    found = _DATA_URL.fullmatch(url)
    if found is None:
        return "it must be a data: URL of a PNG, JPEG, GIF or WebP, in base64"
    try:
        start = base64.b64decode(found[2][:64] if len(found[2]) > 64 else found[2], validate=True)
    except (binascii.Error, ValueError):
        return "its base64 is broken"
    return "" if start.startswith(_STARTS[found[1]]) else f"it is no {found[1].upper()}"
