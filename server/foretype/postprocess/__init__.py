"""Text when it has arrived: pure functions in one ordered tuple."""

from __future__ import annotations

from collections.abc import Callable

from foretype.postprocess.block_closers import drop_block_closers
from foretype.postprocess.brackets import cut_surplus_brackets
from foretype.postprocess.code_fence import open_code_fence
from foretype.postprocess.control_characters import drop_control_characters
from foretype.postprocess.echo import drop_echo
from foretype.postprocess.empty_comments import drop_empty_comments
from foretype.postprocess.explanation import cut_explanation
from foretype.postprocess.file_markers import cut_at_file_marker
from foretype.postprocess.first_line import keep_first_line
from foretype.postprocess.fit_indentation import fit_indentation
from foretype.postprocess.hidden_unicode import refuse_hidden_unicode
from foretype.postprocess.inline_code import open_inline_code
from foretype.postprocess.leading_lines import drop_leading_lines
from foretype.postprocess.length import limit_length
from foretype.postprocess.line_above import refuse_line_above
from foretype.postprocess.line_ends import restore_line_ends
from foretype.postprocess.minimum import refuse_minimum
from foretype.postprocess.next_lines import drop_next_lines
from foretype.postprocess.repetition import cut_repetition
from foretype.postprocess.scope_end import cut_at_scope_end
from foretype.postprocess.special_tokens import cut_special_tokens
from foretype.postprocess.suffix_overlap import trim_suffix_overlap
from foretype.postprocess.suggestion import Suggestion, suggestion_of
from foretype.postprocess.thoughts import drop_thoughts
from foretype.postprocess.white_space import trim_white_space
from foretype.stream.cursor import Cursor

Cleaner = Callable[[str, Cursor], "str | None"]

# What must never be shown goes first, and what bounds the work of the rest. Then the wrapping comes off,
# outermost first, until code is left; code is put in its place before any rule reads its indentation;
# it is cut where it leaves the hole, from the text's own loops to the lines and the brackets that are
# there already. What is left is judged last, when it is known.
CLEANERS: tuple[Cleaner, ...] = (
    refuse_hidden_unicode,
    drop_control_characters,
    limit_length,
    cut_special_tokens,
    drop_thoughts,
    open_code_fence,
    open_inline_code,
    cut_explanation,
    drop_echo,
    drop_leading_lines,
    keep_first_line,
    cut_at_file_marker,
    fit_indentation,
    cut_repetition,
    cut_at_scope_end,
    drop_next_lines,
    drop_block_closers,
    cut_surplus_brackets,
    trim_suffix_overlap,
    drop_empty_comments,
    refuse_line_above,
    trim_white_space,
    refuse_minimum,
    restore_line_ends,
)
MOST_ROUNDS = 8


def clean(text: str, cursor: Cursor, cleaners: tuple[Cleaner, ...] = CLEANERS) -> Suggestion | None:
    """What to show of a model's text; None for nothing.

    One rule's cut may lay bare what an earlier rule looks for, so the rules run until nothing changes.
    """
    for _ in range(MOST_ROUNDS):
        cleaned = clean_once(text, cursor, cleaners)
        if cleaned is None:
            return None
        if cleaned == text:
            return suggestion_of(cleaned, cursor)
        text = cleaned
    return None


def clean_once(text: str, cursor: Cursor, cleaners: tuple[Cleaner, ...]) -> str | None:
    for cleaner in cleaners:
        cleaned = cleaner(text, cursor)
        if cleaned is None:
            return None
        text = cleaned
    return text
