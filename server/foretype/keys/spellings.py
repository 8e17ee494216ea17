"""Every spelling in which a key could turn up in a text: plain, escaped, URL-quoted, hexadecimal, base64."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus

from foretype.keys.key import SHORTEST_KEY, Key, as_bytes

SHORTEST_BASE64 = 5


def spellings_of(key: Key) -> frozenset[str]:
    """What has to be looked for, so that the key is found however it was written."""
    text, secret = key.reveal(), as_bytes(key)
    quoted = {quote(secret), quote(secret, safe=""), quote_plus(secret)}
    quoted |= {lower_case_escapes(spelling) for spelling in quoted}
    escaped = {json.dumps(text)[1:-1], repr(text)[1:-1]}
    digits = secret.hex()
    found = {text, digits, digits.upper()} | quoted | escaped | base64_cores(secret)
    return frozenset(spelling for spelling in found if len(spelling) >= SHORTEST_KEY)


def lower_case_escapes(quoted: str) -> str:
    """The same quoting with %2f for %2F."""
    head, *escapes = quoted.split("%")
    return "%".join([head, *(escape[:2].lower() + escape[2:] for escape in escapes)])


def base64_cores(secret: bytes) -> set[str]:
    """The part of a base64 text that is the same whatever stands before and after the secret.

    Three alignments: the secret may begin at the first, second or third byte of a group of three,
    and the characters that it shares with its neighbours are left off.
    """
    cores = set()
    for bytes_before in range(3):
        encoded = base64.b64encode(b"\0" * bytes_before + secret)
        start = (0, 2, 3)[bytes_before]
        whole_groups, bytes_left = divmod(bytes_before + len(secret), 3)
        core = encoded[start : whole_groups * 4 + bytes_left].decode()
        cores |= {core, core.translate(str.maketrans("+/", "-_"))}
    return {core for core in cores if len(core) >= SHORTEST_BASE64}
