"""What servers say went wrong, and what of it may be written down."""

from __future__ import annotations

import pytest

from foretype.backends.complaint import complaint_in_body


@pytest.mark.parametrize(
    ("body", "message", "codes"),
    [
        (b'{"error": "plain"}', "plain", set()),
        (b'{"error": {"message": "in it", "type": "t", "code": "c"}}', "in it", {"t", "c"}),
        (b'{"error": {"message": {"message": "deep"}}}', "deep", set()),
        (b'{"error": "validation failed", "error_type": "validation"}', "validation failed", {"validation"}),
        (b'{"message": "beside"}', "beside", set()),
        (b'{"detail": "a sentence"}', "a sentence", set()),
        (
            b'{"detail": [{"loc": ["body", "stop"], "msg": "no", "type": "extra_forbidden"}]}',
            "body stop no extra_forbidden",
            set(),
        ),
        (b'[{"error": {"message": "in a list"}}]', "in a list", set()),
        (b'"a string"', "a string", set()),
        (b"not json", "not json", set()),
        (b"<html>a page</html>", "", set()),
        (b"", "", set()),
        (b"\xff\xfe", "\ufffd\ufffd", set()),
        (b"[]", "[]", set()),
    ],
)
def test_a_complaint_is_found_in_any_shape(body: bytes, message: str, codes: set[str]) -> None:
    complaint = complaint_in_body(body)
    assert complaint.message == message
    assert complaint.codes == codes


def test_a_status_among_the_codes() -> None:
    assert complaint_in_body(b'{"error": {"code": 503, "message": "x"}}').status == 503
    assert complaint_in_body(b'{"error": {"code": 7, "message": "x"}}').status is None


@pytest.mark.parametrize(
    "secret",
    [
        "hf_abcdefghijklmnop",
        "sk-proj-abcdefghijklmnop",
        "Bearer something",
        "https://user:pass@host/path",
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNkZWZnaGlqa2xtbm9w",
    ],
)
def test_an_excerpt_is_one_short_line_without_secrets(secret: str) -> None:
    excerpt = complaint_in_body(f"bad\r\nkey: {secret} \x1b[31m\u202e".encode() + b"y " * 500).excerpt()
    assert secret not in excerpt
    assert excerpt.startswith("bad key: ***")
    assert len(excerpt) <= 200
    assert excerpt.isprintable()
