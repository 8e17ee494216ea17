"""What an editor is sent of a suggestion: an entry of its menu, or ghost text."""

from __future__ import annotations

import pytest
from lsprotocol import types

from foretype.flows.completion.offers import Offer
from foretype.flows.completion.situation import Trigger
from foretype.lsp import completion, inline_completion
from foretype.lsp.completion import LABEL_CHARACTERS, fenced, label_of, with_longer_word

from unit.flows.completion.scripted import at


def span(line: int, start: int, end: int) -> types.Range:
    return types.Range(types.Position(line, start), types.Position(line, end))


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a + b", "✨ a + b"),
        ("  a + b  ", "✨ a + b"),
        ("\n    one()\n    two()", "✨ one()…"),
        ("one()\n", "✨ one()"),
        ("x" * LABEL_CHARACTERS, "✨ " + "x" * LABEL_CHARACTERS),
        ("x" * (LABEL_CHARACTERS + 1), "✨ " + "x" * LABEL_CHARACTERS + "…"),
        ("x" * (LABEL_CHARACTERS - 1) + " y", "✨ " + "x" * (LABEL_CHARACTERS - 1) + "…"),
    ],
)
def test_a_label_is_one_short_line(text: str, label: str) -> None:
    assert label_of(text) == label


@pytest.mark.parametrize(
    ("text", "fence"), [("a", "```"), ("`a`", "```"), ("```", "````"), ("a ````` b", "``````")]
)
def test_a_fence_is_longer_than_any_in_the_code(text: str, fence: str) -> None:
    assert fenced(text, "go") == f"{fence}go\n{text}\n{fence}"


def test_an_entry_writes_the_word_before_the_cursor_once_more() -> None:
    """A client filters its menu by that word: an entry without it would vanish."""
    entry = completion.item(Offer("7", "int(x)"), at("x = 1\nprint(pr█)\n"), in_markdown=True)
    assert entry.filter_text == "pr"
    assert entry.text_edit == types.TextEdit(span(1, 6, 8), "print(x)")
    assert entry.label == "✨ print(x)"
    assert entry.command == types.Command("Accepted", "foretype.accepted", arguments=["7"])
    assert entry.insert_text_format is types.InsertTextFormat.PlainText
    assert entry.sort_text == "\0"
    assert entry.documentation == types.MarkupContent(types.MarkupKind.Markdown, "```python\nprint(x)\n```")


@pytest.mark.parametrize("marked", ["x = █\n", "█\n", "f(█)\n", "x.█\n"])
def test_without_a_word_before_the_cursor_nothing_is_filtered(marked: str) -> None:
    entry = completion.item(Offer("7", "a"), at(marked), in_markdown=True)
    assert entry.filter_text is None
    assert isinstance(entry.text_edit, types.TextEdit)
    assert entry.text_edit.range.start == entry.text_edit.range.end


@pytest.mark.parametrize("marked", ["f(é😀q█))\n", "f(é😀q█))"])
def test_places_are_counted_as_the_editor_counts(marked: str) -> None:
    """An emoji is two of its units and no word; what is replaced behind the cursor is in the range."""
    entry = completion.item(Offer("7", "r))", replace_after=2), at(marked), in_markdown=True)
    assert entry.text_edit == types.TextEdit(span(0, 5, 8), "qr))")
    ghost = inline_completion.item(Offer("7", "r))", replace_after=2), at(marked))
    assert ghost.range == span(0, 6, 8)


def test_ghost_text_stands_at_the_cursor() -> None:
    ghost = inline_completion.item(Offer("7", "a + b"), at("x = 1\nprint(█)\n"))
    assert (ghost.insert_text, ghost.range) == ("a + b", span(1, 6, 6))
    assert ghost.command == types.Command("Accepted", "foretype.accepted", arguments=["7"])


@pytest.mark.parametrize(
    ("kind", "is_invoked"),
    [
        (types.InlineCompletionTriggerKind.Invoked, True),
        (types.InlineCompletionTriggerKind.Automatic, False),
    ],
)
def test_who_asked(kind: types.InlineCompletionTriggerKind, *, is_invoked: bool) -> None:
    context = types.InlineCompletionContext(kind)
    found = inline_completion.trigger(context)
    assert (found is Trigger.INVOKED) is is_invoked


def test_what_stands_beside_an_entry_is_plain_where_nobody_draws_markdown() -> None:
    assert completion.item(Offer("7", "a"), at("█"), in_markdown=False).documentation == "a"


@pytest.mark.parametrize(
    ("then", "now"),
    [
        ("x = pr█(y)", "x = prin█(y)"),
        ("pr█", "printed█"),
        ("é😀 gr█", "é😀 größe█"),
        ("a\nb.█\n", "a\nb.c█\n"),
    ],
)
def test_a_word_is_followed_while_it_is_typed(then: str, now: str) -> None:
    found = with_longer_word(at(then), at(now).document)
    assert found is not None
    assert (found.place, found.line_before) == (at(now).place, at(now).line_before)


@pytest.mark.parametrize(
    ("then", "now"), [("pr█", "pr"), ("pr█", "pr("), ("pr█", "pr x"), ("pr█", "qrin"), ("a\npr█)", "a\n")]
)
def test_what_is_not_more_of_the_word_is_not_followed(then: str, now: str) -> None:
    """Its answer would be filtered out, or is asked for anew."""
    assert with_longer_word(at(then), at(f"{now}█").document) is None
