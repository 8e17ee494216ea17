"""How far two lines are apart, as far as it matters."""

from __future__ import annotations

LONGEST = 500


def within_distance(one: str, other: str, limit: int) -> bool:
    """Whether at most `limit` single characters must change; only a band of the table is computed."""
    if one == other:
        return True
    if abs(len(one) - len(other)) > limit or max(len(one), len(other)) > LONGEST:
        return False
    previous = {column: column for column in range(min(limit, len(other)) + 1)}
    for row, character in enumerate(one, 1):
        current: dict[int, int] = {}
        for column in range(max(0, row - limit), min(len(other), row + limit) + 1):
            change = previous.get(column - 1, limit + 1) + (column == 0 or character != other[column - 1])
            leave_out = previous.get(column, limit + 1) + 1
            put_in = current.get(column - 1, limit + 1) + 1
            current[column] = min(change, leave_out, put_in)
        if min(current.values()) > limit:
            return False
        previous = current
    return previous.get(len(other), limit + 1) <= limit
