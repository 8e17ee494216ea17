"""The open documents: one owner, from which everybody else gets frozen snapshots."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

from foretype.documents.change import Change, clean
from foretype.documents.document import Document
from foretype.documents.encoding import Encoding
from foretype.documents.overtaking import REMEMBERED, Step, Steps, says_the_same, with_late
from foretype.documents.text import Splice, Text
from foretype.documents.uri import document_key

log = logging.getLogger(__name__)


class Kind(Enum):
    """What happened to a document."""

    OPENED = "opened"
    EDITED = "edited"
    REPLACED = "replaced"
    CLOSED = "closed"


@dataclass(frozen=True)
class Event:
    """A document after something happened to it; an edit says which lines changed, in order."""

    kind: Kind
    document: Document
    splices: tuple[Splice, ...] = ()


Observer = Callable[[Event], None]


class Documents:
    """Every open document as the editor has it; nothing is ever read from disk."""

    def __init__(self, encoding: Encoding = Encoding.UTF_16) -> None:
        self.encoding = encoding
        self._documents: dict[str, Document] = {}
        self._steps: dict[str, Steps] = {}
        self._only_late: set[str] = set()
        self._observers: list[Observer] = []

    def open(self, uri: str, language_id: str, version: int | None, string: str) -> Document:
        """Take in a document; one that was open already is replaced."""
        key = document_key(uri)
        document = Document(uri, key, language_id, version, Text.of(clean(string)), self.encoding)
        self._forget_steps(key)
        return self._keep(Event(Kind.OPENED, document))

    def change(self, uri: str, version: int | None, changes: Iterable[Change]) -> Document | None:
        """Follow an edit; returns the document after it, or None where it is not open."""
        document = self.get(uri)
        if document is None:
            log.warning("ignored a change of %s: it is not open", uri)
            return None
        if _goes_back(document.version, version):
            return self._put_in_its_turn(document, version, tuple(changes))
        self._only_late.discard(document.key)
        steps = self._steps.get(document.key, ())
        step = Step(document, version, tuple(changes))
        after, splices = step.done()
        # A text that came whole leaves nothing of what was before it, and is too large to be kept often.
        self._steps[document.key] = () if splices is None else (*steps, step)[-REMEMBERED:]
        kind = Kind.REPLACED if splices is None else Kind.EDITED
        return self._keep(Event(kind, after, splices or ()))

    def _put_in_its_turn(
        self, document: Document, version: int | None, late: tuple[Change, ...]
    ) -> Document | None:
        """Take in a change that came late; one that fits nowhere leaves a doubt, until a whole text does not.

        ALE keeps changes for a server that is starting, and sends them behind the text that they have led to.
        """
        key = document.key
        if found := with_late(self._steps.get(key, ()), version, late):
            after, self._steps[key] = found
            return self._keep(Event(Kind.REPLACED, after))
        is_only_late = not document.in_doubt or key in self._only_late
        if is_only_late and says_the_same(document, late):
            return self._keep(Event(Kind.REPLACED, replace(document, in_doubt=False)))
        log.warning("ignored a change of %s: version %s after %s", document.uri, version, document.version)
        doubted = self.doubt(document.uri)
        if is_only_late:
            self._only_late.add(key)
        return doubted

    def doubt(self, uri: str) -> Document | None:
        """Mark a document whose text may differ from the editor's, until it comes whole."""
        document = self.get(uri)
        if document is None:
            return None
        self._forget_steps(document.key)
        self._documents[document.key] = replace(document, in_doubt=True)
        return self._documents[document.key]

    def close(self, uri: str) -> None:
        document = self._documents.pop(document_key(uri), None)
        self._forget_steps(document_key(uri))
        if document is None:
            log.info("ignored the close of %s: it is not open", uri)
        else:
            self._tell(Event(Kind.CLOSED, document))

    def get(self, uri: str) -> Document | None:
        return self._documents.get(document_key(uri))

    def __iter__(self) -> Iterator[Document]:
        """The open documents, the one edited last first."""
        return iter(tuple(reversed(self._documents.values())))

    def __len__(self) -> int:
        return len(self._documents)

    def observe(self, observer: Observer) -> Callable[[], None]:
        """Tell `observer` of everything that happens; returns what ends that."""
        self._observers.append(observer)
        return lambda: self._observers.remove(observer)

    def _forget_steps(self, key: str) -> None:
        self._steps.pop(key, None)
        self._only_late.discard(key)

    def _keep(self, event: Event) -> Document:
        document = event.document
        self._documents.pop(document.key, None)
        self._documents[document.key] = document
        self._tell(event)
        return document

    def _tell(self, event: Event) -> None:
        for observer in tuple(self._observers):
            _tell(observer, event)


def _tell(observer: Observer, event: Event) -> None:
    """An observer that fails must not cost the store an edit."""
    try:
        observer(event)
    except Exception:
        log.exception("an observer failed on %s", event.document.uri)


def _goes_back(known: int | None, new: int | None) -> bool:
    return known is not None and new is not None and new <= known
