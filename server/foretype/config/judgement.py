"""What a setting from an editor is judged by, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from foretype.config.problems import Question
from foretype.errors import OriginError
from foretype.keys.origin import Address, Origin, is_private_in_transit, parse_address

if TYPE_CHECKING:
    from foretype.config.consents import Consents
    from foretype.config.environment import Environment
    from foretype.config.plain import Findings


@dataclass(frozen=True)
class Ground:
    """What the user's own hand has said: config.toml, the environment, and every yes to a question."""

    config: Mapping[str, object] = field(repr=False)
    environment: Environment
    consents: Consents
    model_folder: Path | None
    real_path: Callable[[Path], Path] = Path.resolve

    def value(self, key: str) -> object:
        """What config.toml says at a dotted key, or None."""
        return value_at(self.config, key)

    def endpoint(self, name: str) -> Mapping[str, object] | None:
        endpoints = self.value("endpoints")
        declared = endpoints.get(name) if isinstance(endpoints, Mapping) else None
        return declared if isinstance(declared, Mapping) else None

    def listed_origins(self) -> frozenset[Origin]:
        """The origins that config.toml sends code to."""
        endpoints = self.value("endpoints")
        addresses = map(address_of, endpoints.values()) if isinstance(endpoints, Mapping) else ()
        return frozenset(a.origin for a in addresses if a and is_private_in_transit(a.origin))

    def listed_models(self) -> Iterator[str]:
        """Every model that config.toml names, whatever for."""
        models = self.value("models")
        for chain in models.values() if isinstance(models, Mapping) else ():
            yield from chain


@dataclass
class Verdicts:
    """The problems and questions that come up while one source is judged."""

    findings: Findings
    questions: list[Question] = field(default_factory=list)

    def refuse(self, key: str, sentence: str) -> None:
        self.findings.add(key, sentence)

    def ask(self, key: str, subject: Origin | str, question: str) -> None:
        """Leave the setting out until the user has said yes."""
        self.questions.append(Question(key, self.findings.source, subject, question))
        self.refuse(key, f"{subject} is used only after you say yes to it, or list it in config.toml")


def value_at(values: object, key: str) -> object:
    for step in key.split("."):
        values = values.get(step) if isinstance(values, Mapping) else None
    return values


def address_of(endpoint: object) -> Address | None:
    """The address in an endpoint's options, or None where it is none."""
    try:
        return parse_address(str(value_at(endpoint, "url")))
    except OriginError:
        return None
