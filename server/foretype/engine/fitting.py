"""A prompt cut down to what a context holds, before the model sees it: far from the hole first."""

from __future__ import annotations

from foretype.engine.protocol import EngineFault, Fault, Part

STEP_TOKENS = 256
SUFFIX_SHARE = 0.3

Piece = tuple[str, list[int]]


def fitted(pieces: list[Piece], limit: int) -> list[Piece]:
    """The same pieces: the prefix loses its top, the suffix its end, and nothing else anything."""
    fixed = sum(len(tokens) for kind, tokens in pieces if kind not in (Part.PREFIX, Part.SUFFIX))
    room = limit - fixed
    if room < 0 or limit <= 0:
        raise EngineFault(Fault.TOO_LONG, f"the prompt takes {fixed} tokens, and {max(0, limit)} fit")
    prefix = sum(len(tokens) for kind, tokens in pieces if kind == Part.PREFIX)
    suffix = sum(len(tokens) for kind, tokens in pieces if kind == Part.SUFFIX)
    suffix_room = min(suffix, max(int(room * SUFFIX_SHARE), room - prefix))
    prefix_room = room - suffix_room
    found = []
    for kind, tokens in pieces:
        if kind == Part.PREFIX:
            kept = tokens[top_to_cut(len(tokens), prefix_room) :]
            prefix_room -= len(kept)
        elif kind == Part.SUFFIX:
            kept = tokens[:suffix_room]
            suffix_room -= len(kept)
        else:
            kept = tokens
        found.append((kind, kept))
    return found


def behind_cursor(pieces: list[Piece]) -> int:
    """How many tokens stand behind the prefix and before the last token; none where no suffix is there."""
    last = max((at for at, (kind, _) in enumerate(pieces) if kind == Part.PREFIX), default=len(pieces))
    behind = pieces[last + 1 :]
    if not any(kind == Part.SUFFIX for kind, _ in behind):
        return 0
    return sum(len(tokens) for _, tokens in behind) - 1


def top_to_cut(length: int, room: int) -> int:
    """In steps, so that the edge stays where it is while one types, and the cache stays of use."""
    if length <= room:
        return 0
    step = STEP_TOKENS if room > 2 * STEP_TOKENS else 1
    return min(length, -(-(length - room) // step) * step)
