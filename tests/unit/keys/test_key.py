"""A key shows itself to nobody who does not ask for it by name."""

from __future__ import annotations

import copy
import dataclasses
import json
import logging
import pickle
import pprint
import traceback

import pytest

from foretype.errors import KeyFormatError
from foretype.keys.bound import BoundKey
from foretype.keys.key import Key, parse_key
from foretype.keys.origin import parse_origin
from foretype.keys.token_search import FoundToken, TokenSearch, WrittenToken

CANARY = "hf_CanaryCanaryCanaryCanarywxyz"
KEY = Key(CANARY)
BOUND = BoundKey(KEY, parse_origin("https://huggingface.co"))


def shown_by_a_traceback() -> str:
    key = Key(CANARY)
    try:
        raise ValueError(f"no luck with {key}")
    except ValueError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


PRINTED = {
    "repr": repr(KEY),
    "str": str(KEY),
    "f-string": f"{KEY} {KEY!r} {KEY!s} {KEY!a} {KEY:>40}",
    "format": "{:x} {!r}".format(KEY, KEY),  # noqa: UP032 -- this way of formatting is what is tried
    "percent": "%s %r %-40s" % (KEY, KEY, KEY),  # noqa: UP031 -- as above
    "in a dataclass": repr(BOUND),
    "in a container": repr([KEY, {KEY: KEY}, (KEY,)]),
    "asdict": repr(dataclasses.asdict(BOUND)),
    "pprint": pprint.pformat({"key": KEY, "bound": BOUND}),
    "json with default=str": json.dumps({"key": KEY}, default=str),
    "copies": repr((copy.copy(KEY), copy.deepcopy([KEY]))),
    "log record": logging.LogRecord("x", 10, "x", 1, "%s %r", (KEY, BOUND), None).getMessage(),
    "traceback": shown_by_a_traceback(),
    "search": repr(TokenSearch(FoundToken(KEY, "HF_TOKEN"))),
    "written": repr(WrittenToken("HF_TOKEN", KEY)),
    "masked": KEY.masked,
}


@pytest.mark.parametrize("way", PRINTED)
def test_no_way_of_printing_shows_a_key(way: str) -> None:
    assert CANARY not in PRINTED[way]
    assert CANARY[4:12] not in PRINTED[way]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_key_is_not_pickled(protocol: int) -> None:
    with pytest.raises(TypeError):
        pickle.dumps(BOUND, protocol)


def test_a_key_is_not_json() -> None:
    with pytest.raises(TypeError):
        json.dumps(KEY)


def test_a_key_has_no_dictionary_of_attributes() -> None:
    with pytest.raises(TypeError):
        vars(KEY)


def test_a_key_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        KEY._text = "other"
    with pytest.raises(AttributeError):
        del KEY._text
    assert KEY.reveal() == CANARY


def test_keys_are_equal_by_content() -> None:
    assert Key(CANARY) == KEY
    assert Key(CANARY + "x") != KEY
    assert CANARY != KEY
    assert len({Key(CANARY), KEY, Key("other")}) == 2
    assert Key("schlüssel\udcff") == Key("schlüssel\udcff")


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        (CANARY, "hf_…wxyz"),
        ("sk-abcdefghijklmnopqrstuvwxyz", "sk-…wxyz"),
        ("0123456789abcdefghijkl", "…ijkl"),
        ("hf_short", "…"),
    ],
)
def test_masked_is_enough_to_recognise_a_key(text: str, masked: str) -> None:
    assert Key(text).masked == masked


@pytest.mark.parametrize("written", [CANARY, f"  {CANARY}\n", f"{CANARY}\r\n", f"\t{CANARY}"])
def test_space_around_a_key_is_no_part_of_it(written: str) -> None:
    assert parse_key(written).reveal() == CANARY


@pytest.mark.parametrize(
    "written",
    ["", "   ", "\n", "abc", "hf_abc def", "hf_abc\ndef", "hf_abc\x00def", "hf_äbcdef", "hf_abc\u200bdef",
     "hf_abc\udcffdef", "Bearer hf_abcdef", "x" * 5000],
)  # fmt: skip
def test_a_malformed_key_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(KeyFormatError) as refusal:
        parse_key(written)
    assert not written.strip() or written.strip() not in str(refusal.value)
