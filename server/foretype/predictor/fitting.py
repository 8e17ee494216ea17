"""A continuation made to fit what already stands right of the cursor."""

from __future__ import annotations

CLOSERS = frozenset(")]}>\"'`;:, \t")


def fit(text: str, right: str) -> tuple[str, int] | None:
    """The text to put in, and how many characters right of the cursor it replaces, if it fits."""
    standing = right.rstrip()
    if not standing:
        return (text, len(right)) if text else None
    if text.endswith(standing):
        rest = text.removesuffix(standing)
        return (rest, 0) if rest else None
    if CLOSERS.issuperset(standing) and _in_order(standing, text):
        return text, len(right)
    return None


def _in_order(signs: str, text: str) -> bool:
    """Whether all the signs occur in the text, one after the other."""
    characters = iter(text)
    return all(sign in characters for sign in signs)
