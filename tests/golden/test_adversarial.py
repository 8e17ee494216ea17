"""Whatever a model answers, an edit changes the chosen lines of the chosen document and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as some

from foretype.backends.delta import Finish

from golden.test_edits import Recorded, Workplace

BEFORE, PART, AFTER = "import os\n\ndef f():\n", "    a()\n    b()\n", "\nvalue = f()\n"
PIECES = some.sampled_from(
    (
        *("```", "```python\n", "\n```\n", "````\n", "~~~\n", "\n", "    ", "\t", "a()", "b()", "def f():\n"),
        *("<<<<<<< SEARCH\n", "=======\n", ">>>>>>> REPLACE\n", "../../.bashrc\n", "/etc/passwd\n"),
        *('{"name": "write", "arguments": {}}', "<tool_call>", "--- a/x\n+++ b/x\n", "@@ -1 +1 @@\n"),
        *("import os\n", "value = f()\n", "# ... existing code ...\n", "<think>", "</think>", "\r\n", "\x00"),
        *("Here is the code:\n", "[[PART BEGINS]]\n", "\u202e", "[x](command:run)", "é😀", " ", "\u2028"),
    )
)


@given(some.lists(PIECES, max_size=14).map("".join), some.sampled_from((Finish.STOP, Finish.LENGTH)))
async def test_nothing_outside_the_part_is_touched(answer: str, finish: Finish) -> None:
    place = Workplace(BEFORE + PART + AFTER, "python")
    start = len(BEFORE)
    outcome = await place.edit(start, start + len(PART), "do something", Recorded(answer, finish))
    text = str(place.document.text)
    assert text.startswith(BEFORE)
    assert text.endswith(AFTER)
    assert outcome.is_applied == (len(place.edits) == 1)
    assert outcome.is_applied != bool(outcome.problem)
