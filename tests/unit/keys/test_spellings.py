"""A key is found in a text however it was written."""

from __future__ import annotations

import base64
import json
import re
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foretype.keys.key import Key
from foretype.keys.spellings import spellings_of

KEYS = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=8, max_size=60)


def is_found(key: str, text: str) -> bool:
    return any(spelling in text for spelling in spellings_of(Key(key)))


@given(KEYS)
def test_escaped_and_quoted(key: str) -> None:
    for text in (
        key,
        quote(key),
        quote(key, safe=""),
        quote_plus(key),
        json.dumps(key),
        repr(key),
        key.encode().hex(),
    ):
        assert is_found(key, f"before {text} after")
    lower = re.sub("%[0-9A-F]{2}", lambda escape: escape[0].lower(), quote(key, safe=""))
    assert is_found(key, lower)


@given(KEYS, st.binary(max_size=9), st.binary(max_size=9))
def test_inside_any_base64(key: str, before: bytes, after: bytes) -> None:
    whole = before + key.encode() + after
    assert is_found(key, base64.b64encode(whole).decode())
    assert is_found(key, base64.urlsafe_b64encode(whole).decode())


@pytest.mark.parametrize("text", ["", "abc", "\udcff\udcfe"])
def test_what_is_no_key_has_no_spelling_that_is_everywhere(text: str) -> None:
    assert all(len(spelling) > 3 for spelling in spellings_of(Key(text)))
