"""One source of settings, checked key by key: the right ones are kept, the wrong ones reported."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from foretype.config.plain import Findings, Plain, dotted, plain_mapping

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from foretype.config.problems import Problem

SECTION = "foretype"
MOST_ROUNDS = 8

Location = tuple[int | str, ...]


@dataclass(frozen=True)
class Layer:
    """The settings of one source: right by shape, and not yet judged by trust."""

    source: str
    values: Mapping[str, object] = field(default_factory=dict, repr=False)
    problems: tuple[Problem, ...] = ()


def parse_layer(raw: object, source: str) -> Layer:
    """Read what a source sent; it may be wrapped in its section name, bare, or nothing at all."""
    findings = Findings(source)
    values = readable(raw, findings)
    values = checked(values, findings) if values else {}
    return Layer(source, values, findings.all())


def readable(raw: object, findings: Findings) -> Plain:
    """Our section of what was sent, as plain values that nothing has checked."""
    section = unwrapped(raw, findings)
    return plain_mapping(section, findings) if section else {}


def unwrapped(raw: object, findings: Findings) -> Mapping[object, object] | None:
    inner = raw.get(SECTION) if isinstance(raw, Mapping) and SECTION in raw else raw
    if inner is None or inner == []:  # Lua's empty table, as Neovim's configuration has it, is sent as a list
        return None
    if isinstance(inner, Mapping):
        return inner
    findings.add("", "the settings must be an object with a key for each setting")
    return None


def checked(values: Plain, findings: Findings, rounds_left: int = MOST_ROUNDS) -> Plain:
    """The values that the options accept; each round takes out what the last one complained of."""
    from pydantic import ValidationError

    from foretype.config.options import Options

    try:
        return Options.model_validate(values).model_dump(exclude_unset=True)
    except ValidationError as refused:
        errors = refused.errors(include_url=False, include_context=False, include_input=False)
    if not rounds_left:
        findings.add("", "the settings could not be understood, and none of them was used")
        return {}
    drop_wrong_values(values, errors, findings)
    return checked(values, findings, rounds_left - 1)


def drop_wrong_values(values: Plain, errors: Iterable[ErrorDetails], findings: Findings) -> None:
    by_place: dict[Location, ErrorDetails] = {}
    for error in errors:
        by_place.setdefault(existing_part(values, error["loc"]), error)
    places = sorted(by_place, key=sort_key)
    for place in places:
        findings.add(dotted_name(place), sentence_about(place, by_place[place]))
    for place in reversed(places):
        drop(values, place)


def existing_part(values: object, location: Sequence[int | str]) -> Location:
    """As much of an error's location as leads to something in the values: pydantic adds words of its own."""
    place: list[int | str] = []
    for step in location:
        holder, values = values, inside(values, step)
        if values is holder:
            break
        place.append(step)
    return tuple(place)


def inside(holder: object, step: int | str) -> object:
    """What is held under a key or index; the holder itself where there is nothing."""
    if isinstance(holder, dict):
        return holder.get(step, holder)
    if isinstance(holder, list) and isinstance(step, int) and step < len(holder):
        return holder[step]
    return holder


def sort_key(place: Location) -> tuple[tuple[int, str], ...]:
    return tuple((step, "") if isinstance(step, int) else (0, step) for step in place)


def drop(values: Plain, place: Location) -> None:
    """Take out one value; a place that an earlier removal took along is no matter."""
    if not place:
        values.clear()
    elif existing_part(values, place) == place:
        holder: object = values
        for step in place[:-1]:
            holder = inside(holder, step)
        if isinstance(holder, dict | list):
            holder.pop(place[-1])  # type: ignore[arg-type]  # an index for a list, a key for a dictionary


def dotted_name(place: Location) -> str:
    name = ""
    for step in place:
        name = f"{name}[{step}]" if isinstance(step, int) else dotted(name, step)
    return name


def sentence_about(place: Location, error: ErrorDetails) -> str:
    from foretype.config.describe import expected_at, known_keys

    steps = [step for step in place if isinstance(step, str)]
    if error["type"] == "extra_forbidden":
        return unknown_key(steps, known_keys())
    if error["type"] == "missing":
        return f"needs {error['loc'][-1]}"
    if error["loc"][-1] == "[key]":
        return "is not a name that can be used here"
    return f"expected {expected_at(place)}"


def unknown_key(steps: Sequence[str], known: Sequence[str]) -> str:
    """Name the nearest right key: first one spelled alike, then the same word in another section."""
    import difflib

    nearest = difflib.get_close_matches(".".join(steps)[:120], known, n=1, cutoff=0.75)
    elsewhere = [key for key in known if key.split(".")[-1] == steps[-1]]
    suggestion = next(iter(nearest or elsewhere), None)
    return (
        f"there is no such setting; did you mean {suggestion}?" if suggestion else "there is no such setting"
    )
