"""No key reaches a log, in whatever part of a line and in whatever spelling."""

from __future__ import annotations

import base64
import io
import json
import logging
import re
from collections.abc import Iterator
from urllib.parse import quote, quote_plus, unquote

import pytest

from foretype.keys.key import Key
from foretype.log.start import Log, logging_on

CANARY = "hf_Canary/+=Canary%&Canary~wxyz"
SPELLINGS = {
    "plain": CANARY,
    "in a URL": f"https://host/?token={quote(CANARY)}",
    "in a form": f"token={quote_plus(CANARY)}&x=1",
    "quoted in lower case": re.sub("%..", lambda escape: escape[0].lower(), quote(CANARY, safe="")),
    "JSON": json.dumps({"Authorization": f"Bearer {CANARY}"}),
    "Basic": "Basic " + base64.b64encode(f":{CANARY}".encode()).decode(),
    "Basic with a user": "Basic " + base64.b64encode(f"me:{CANARY}".encode()).decode(),
    "Basic with another user": "Basic " + base64.b64encode(f"you:{CANARY}".encode()).decode(),
    "urlsafe base64": base64.urlsafe_b64encode(f"{CANARY}?".encode()).decode(),
    "hexadecimal": CANARY.encode().hex(),
    "bytes": repr(CANARY.encode()),
}


def holds_the_canary(text: str) -> bool:
    """Look for a tell-tale middle of the key in every spelling, found by other means than the redactor's."""
    needles = {CANARY[3:12], CANARY[4:14].encode().hex()}
    for before in range(3):
        needles.add(base64.b64encode(b"\0" * before + CANARY.encode()).decode()[8:20])
    return any(needle in form for needle in needles for form in (text, unquote(text)))


class Collected(io.StringIO):
    """Stands for a stderr, a file, or the editor's log window."""


@pytest.fixture
def log() -> Iterator[Log]:
    with logging_on("trace") as log:
        log.redactor.know(Key(CANARY))
        yield log


@pytest.fixture
def written(log: Log) -> Collected:
    """What a handler writes that somebody added who knows of no redactor, and that is asked first."""
    stream = Collected()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(message)s %(extra)s", defaults={"extra": ""}))
    logging.getLogger().handlers.insert(0, handler)
    return stream


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    root.handlers[:] = before


class SpeaksInRepr:
    def __repr__(self) -> str:
        return f"<headers {CANARY}>"


class Unprintable:
    def __str__(self) -> str:
        raise RuntimeError(CANARY)


every_spelling = pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS.keys())


@every_spelling
def test_the_canary_would_be_noticed(text: str) -> None:
    assert holds_the_canary(text)


@every_spelling
def test_in_messages_and_arguments(written: Collected, text: str) -> None:
    logger = logging.getLogger("foretype.somewhere")
    logger.info(text)
    logger.info("argument %s", text)
    logger.info("by name %(header)s", {"header": text})
    logger.info("object %r %s", SpeaksInRepr(), [text])
    logging.getLogger("httpx").warning("elsewhere %s", text)
    assert written.getvalue().count("***") >= 5
    assert not holds_the_canary(written.getvalue())


@every_spelling
def test_in_exceptions_and_stacks(written: Collected, text: str) -> None:
    logger = logging.getLogger("foretype.somewhere")
    try:
        header = text
        raise ValueError(f"refused {header}") from KeyError(text)
    except ValueError:
        logger.exception("failed", stack_info=True)
    assert "ValueError: refused" in written.getvalue()
    assert not holds_the_canary(written.getvalue())


def test_in_extra_fields_of_our_own_handlers(log: Log) -> None:
    stream = Collected()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("%(headers)s %(url)s", defaults={"headers": "", "url": ""}))
    log.attach(handler)
    extra = {"headers": [SpeaksInRepr()], "url": SPELLINGS["in a URL"]}
    logging.getLogger("foretype").info("sent", extra=extra)
    assert "***" in stream.getvalue()
    assert not holds_the_canary(stream.getvalue())


def test_what_cannot_be_printed_is_no_error(written: Collected) -> None:
    logger = logging.getLogger("foretype")
    logger.info("%s", Unprintable())
    logger.info("%d", "not a number")
    logger.info(Unprintable())
    try:
        raise ValueError(Unprintable())
    except ValueError:
        logger.exception("failed")
    logger.exception("nothing was raised")
    assert "cannot be printed" in written.getvalue()
    assert not holds_the_canary(written.getvalue())


def test_a_traceback_shows_no_variables(written: Collected) -> None:
    secret_of_the_frame = "only-in-a-variable"
    try:
        raise ValueError(len(secret_of_the_frame))
    except ValueError:
        logging.getLogger("foretype").exception("failed")
    assert "only-in-a-variable" not in written.getvalue().replace('secret_of_the_frame = "only', "")


def test_a_key_learnt_later_is_redacted_from_then_on(log: Log, written: Collected) -> None:
    log.redactor.know(Key("sk-another-key"), Key(CANARY))
    logging.getLogger("foretype").info("%s and %s", "sk-another-key", CANARY)
    assert "*** and ***" in written.getvalue()


def test_an_empty_key_redacts_nothing(log: Log, written: Collected) -> None:
    log.redactor.know(Key(""))
    logging.getLogger("foretype").info("plain words")
    assert "plain words" in written.getvalue()


def test_protocol_messages_are_logged_in_full_only_when_tracing(log: Log, written: Collected) -> None:
    for level in ("debug", "trace"):
        log.set_level(level)
        logging.getLogger("pygls.server").error("cannot handle %s", f"code at {level}")
    assert "code at debug" not in written.getvalue()
    assert "code at trace" in written.getvalue()
