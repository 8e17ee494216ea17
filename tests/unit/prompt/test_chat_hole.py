"""Filling a hole by conversation."""

from __future__ import annotations

import pytest

from foretype.prompt.asked import Chunk
from foretype.prompt.chat_hole import begun_chat_for, chat_for, continued
from foretype.prompt.hole import Hole

HOLE = Hole("def f():\n    return  ", "\n", path="m.py", language="python", chunks=(Chunk("a.py", "A"),))


def test_the_file_is_shown_with_a_mark_that_the_instructions_name() -> None:
    system, user = chat_for(HOLE).messages
    assert user.text == "File: a.py\nA\n\nFile: m.py (python)\ndef f():\n    return  [[CURSOR]]\n"
    assert "[[CURSOR]]" in system.text
    assert "{mark}" not in system.text


def test_the_mark_is_one_that_the_code_does_not_hold() -> None:
    system, user = chat_for(Hole("[[CURSOR]] [[CURSOR 2]]", "")).messages
    assert user.text.endswith("[[CURSOR]] [[CURSOR 2]][[CURSOR 3]]")
    assert "[[CURSOR 3]]" in system.text


def test_an_answer_begun_with_the_line_of_the_cursor() -> None:
    messages = begun_chat_for(HOLE).messages
    assert [message.role for message in messages] == ["system", "user", "assistant"]
    assert messages[-1].text == "    return"
    assert begun_chat_for(Hole("def f():\n    ", "")).messages[-1].text == "def f():"


@pytest.mark.parametrize(
    ("prefix", "answer", "inserted"),
    [
        ("    return ", " a + b", "a + b"),
        ("    return", " a + b", " a + b"),
        ("    return ", "a + b", "a + b"),
        ("def f():\n    ", "\n    return 1", "return 1"),
        ("def f():\n    ", "\n        return 1", "    return 1"),
        ("x = ", "", ""),
        ("", "\nimport a", "\nimport a"),
    ],
)
def test_blanks_that_stand_before_the_cursor_are_not_put_there_again(
    prefix: str, answer: str, inserted: str
) -> None:
    assert continued(prefix, answer) == inserted
