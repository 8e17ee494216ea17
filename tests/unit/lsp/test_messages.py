"""What counts as a message, and with which code the rest is refused."""

from __future__ import annotations

import pytest

from foretype.lsp import messages
from foretype.lsp.messages import BadMessage, Notification, Request, Response


@pytest.mark.parametrize("id", [1, 0, -7, "1", "", None, 2**70])
def test_a_request_keeps_its_id_as_it_is(id: object) -> None:
    body = messages.encode({"jsonrpc": "2.0", "id": id, "method": "m", "params": {}})
    assert messages.parse(body) == Request(id, "m", {})  # type: ignore[arg-type]


def test_the_three_kinds_of_message() -> None:
    assert messages.parse(b'{"jsonrpc":"2.0","method":"n"}') == Notification("n", None)
    assert messages.parse(b'{"jsonrpc":"2.0","id":1,"result":null}') == Response(1, None, None)
    assert messages.parse(b'{"jsonrpc":"2.0","id":1,"error":{}}') == Response(1, None, {})


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"", -32700),
        (b'{"a": "\xff"}', -32700),
        (b'{"a": "\xed\xa0\x80"}', -32700),
        (b'{"a": NaN}', -32700),
        (b'{"a": -Infinity}', -32700),
        (b"[" * 100_000, -32700),
        (b'{"a":' * 100_000, -32700),
        (b'[{"jsonrpc":"2.0","id":1,"method":"m"}]', -32600),
        (b'"text"', -32600),
        (b"null", -32600),
        (b"{}", -32600),
        (b'{"id":1,"method":"m"}', -32600),
        (b'{"jsonrpc":"1.0","id":1,"method":"m"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":7}', -32600),
        (b'{"jsonrpc":"2.0","id":1}', -32600),
        (b'{"jsonrpc":"2.0","id":1.5,"method":"m"}', -32600),
        (b'{"jsonrpc":"2.0","id":true,"method":"m"}', -32600),
        (b'{"jsonrpc":"2.0","id":[],"method":"m"}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":5}', -32600),
        (b'{"jsonrpc":"2.0","id":1,"method":"m","params":{"uri":"\\ud800"}}', -32600),
    ],
)
def test_what_is_no_message_is_refused(body: bytes, code: int) -> None:
    with pytest.raises(BadMessage) as refused:
        messages.parse(body)
    assert refused.value.code == code
    assert refused.value.is_answerable


def test_half_a_character_is_let_through_where_a_document_may_hold_it() -> None:
    body = b'{"jsonrpc":"2.0","method":"textDocument/didChange","params":{"text":"\\ud83d"}}'
    assert messages.parse(body) == Notification("textDocument/didChange", {"text": "\ud83d"})


def test_a_bad_notification_is_not_answered() -> None:
    with pytest.raises(BadMessage) as refused:
        messages.parse(b'{"jsonrpc":"1.0","method":"m"}')
    assert not refused.value.is_answerable


def test_what_is_sent_is_ascii_and_never_nan() -> None:
    assert messages.notification("n", {"a": "é😀\u2028\ud800"}).isascii()
    with pytest.raises(ValueError, match="Out of range"):
        messages.result(1, float("nan"))
