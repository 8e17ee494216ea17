"""A prompt in the words that a model was trained on."""

from __future__ import annotations

from dataclasses import replace

from foretype.backends.local.known import Model
from foretype.engine import failures
from foretype.prompt.asked import ChatPrompt, HolePrompt, Prompt, RawPrompt
from foretype.prompt.budget import TokenCost, head_within
from foretype.prompt.chat_families import chat_family_for, chat_pieces
from foretype.prompt.hole import Hole
from foretype.prompt.pieces import Kind, Piece, pieces_of

READING_AGAIN_S = 0.1
FEWEST_SUFFIX_TOKENS, MOST_SUFFIX_TOKENS = 50, 512

Pieces = tuple[Piece, ...]
Wire = list[tuple[str, str]]


def prompt_pieces(model: Model, prompt: Prompt, suffix_tokens: int) -> Pieces:
    """A prompt as endpoints get it, with so much behind the cursor as the model's speed allows."""
    if isinstance(prompt, RawPrompt):
        return (Piece(Kind.RAW, prompt.text),)
    if isinstance(prompt, HolePrompt):
        return hole_pieces(model, Hole(prompt.prefix, prompt.suffix, chunks=prompt.chunks), suffix_tokens)
    return conversation_pieces(model, prompt)


def conversation_pieces(model: Model, prompt: ChatPrompt) -> Pieces:
    family = chat_family_for(model.facts.words)
    if family is None:
        raise failures.no_conversations(model.file.name)
    return chat_pieces(family, prompt)


def hole_pieces(model: Model, hole: Hole, suffix_tokens: int) -> Pieces:
    """The hole; a model that only continues text is given the text before it."""
    family = model.family
    if family is None:
        return (Piece(Kind.PREFIX, hole.prefix),)
    if not family.is_suffix_first:
        suffix = head_within(hole.suffix, model.moved_suffix_tokens or suffix_tokens, TokenCost())
        hole = replace(hole, suffix=suffix)
    return pieces_of(family, hole)


def pieces_above(model: Model, hole: Hole, suffix_tokens: int) -> Pieces:
    """What will hardly change while one types: all that stands before the cursor's line."""
    above = hole.prefix[: hole.prefix.rfind("\n") + 1]
    # Where the text behind the cursor is read first, all that is read rests on it.
    suffix = hole.suffix if model.family and model.family.is_suffix_first else ""
    return up_to_prefix(hole_pieces(model, replace(hole, prefix=above, suffix=suffix), suffix_tokens))


def up_to_prefix(pieces: Pieces) -> Pieces:
    last = max((n for n, piece in enumerate(pieces) if piece.kind is Kind.PREFIX), default=len(pieces) - 1)
    return pieces[: last + 1]


def wire(pieces: Pieces) -> Wire:
    return [(piece.kind.value, piece.text) for piece in pieces]


def suffix_tokens_at(tokens_per_s: float) -> int:
    """What stands behind the cursor is read again at every key: as much as takes a tenth of a second.

    In doublings, so that it does not become another text with every small change of the speed.
    """
    tokens = FEWEST_SUFFIX_TOKENS
    while tokens < MOST_SUFFIX_TOKENS and 2 * tokens <= tokens_per_s * READING_AGAIN_S:
        tokens *= 2
    return min(tokens, MOST_SUFFIX_TOKENS)
