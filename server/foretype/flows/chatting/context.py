"""What goes to the model beside the user's words: gathered by name, and said in full."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from foretype.documents.document import Document
from foretype.documents.text import Place
from foretype.flows.chatting.diagnostics import Diagnostics
from foretype.flows.chatting.files import Files, Match, NotReadable, Read
from foretype.flows.chatting.git import Git
from foretype.flows.chatting.mentions import Mention
from foretype.flows.chatting.turns import Sent
from foretype.prompt.budget import TokenCost, head_within

MOST_TOKENS = 12_000
MOST_OPEN = 10
SNIPPETS = 3
LINES_AROUND = 12
_TAG_CHARACTERS = re.compile("[\U000e0000-\U000e007f]")
_NAME = re.compile(r"`([\w.]{3,80})`|\b([a-z]+(?:_[a-z0-9]+)+|[A-Z]\w*[a-z][A-Z]\w*|[a-z]+[A-Z]\w*)\b")


@dataclass(frozen=True)
class Looking:
    """What the user is looking at when they ask."""

    document: Document | None = None
    start: Place | None = None
    end: Place | None = None

    @property
    def has_selection(self) -> bool:
        return self.document is not None and bool(self.selected)

    @property
    def selected(self) -> str:
        """The selected text, empty where nothing is."""
        if self.document is None or self.start is None or self.end is None:
            return ""
        return self.document.text.between(self.start, self.end)

    @property
    def lines(self) -> str:
        """The selected lines' numbers, counted from one."""
        assert self.start is not None
        assert self.end is not None
        return f"{self.start.line + 1}-{self.end.line + 1}"


@dataclass(frozen=True)
class Attachment:
    """A text that is sent along under a name."""

    name: str
    text: str
    detail: str = ""

    @property
    def sent(self) -> Sent:
        return Sent(self.name, self.detail, TokenCost().of(self.text))


@dataclass(frozen=True)
class Gathered:
    """What was found, and a sentence for each thing that was not."""

    attachments: tuple[Attachment, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Context:
    """Where attachments come from."""

    files: Files
    diagnostics: Diagnostics
    folders: Sequence[Path]
    variables: Mapping[str, str]
    retrieved_tokens: Callable[[], int]

    async def gather(self, mentions: Iterable[Mention], looking: Looking, words: str) -> Gathered:
        """Everything that was named, then what the workspace says about the names in the question."""
        attachments: list[Attachment] = []
        notes: list[str] = []
        for mention in mentions:
            found, note = await self._named_or_why_not(mention, looking)
            attachments += found
            notes += [note] if note else []
        attachments += await self._retrieved(words, attachments)
        return Gathered(within(attachments, MOST_TOKENS), tuple(notes))

    async def _named_or_why_not(self, mention: Mention, looking: Looking) -> tuple[list[Attachment], str]:
        try:
            return await self._named(mention, looking), ""
        except NotReadable as problem:
            return [], str(problem)

    async def _named(self, mention: Mention, looking: Looking) -> list[Attachment]:
        if mention.kind == "selection":
            return [self._selection(looking)]
        if mention.kind == "file" and mention.path:
            read = await asyncio.to_thread(self.files.read, mention.path, by_hand=True)
            return [Attachment(read.name, read.text, "file")]
        if mention.kind == "file":
            return [self._file(looking)]
        if mention.kind == "open":
            reads = list(self.files.opened())[:MOST_OPEN]
            return [Attachment(read.name, read.text, "open file") for read in reads]
        if mention.kind == "diff":
            return [await self._diff()]
        if mention.kind == "diagnostics":
            return [self._diagnostics(looking)]
        if mention.pasted:
            return [Attachment("terminal", mention.pasted, "pasted")]
        raise NotReadable("Paste the terminal's output below @terminal: an editor does not show it to us.")

    def _selection(self, looking: Looking) -> Attachment:
        """The selected text, or the whole file where nothing is selected."""
        if looking.document is None:
            raise NotReadable("Nothing is selected here: name a file with @file, or ask from one.")
        if not looking.has_selection:
            return self._file(looking)
        read = self.files.of(looking.document)
        return Attachment(f"{read.name}:{looking.lines}", looking.selected, "selection")

    def _file(self, looking: Looking) -> Attachment:
        if looking.document is None:
            raise NotReadable("No file is being looked at: name one, as in @file src/app.py.")
        read = self.files.of(looking.document)
        return Attachment(read.name, read.text, "file")

    async def _diff(self) -> Attachment:
        if not self.folders:
            raise NotReadable("No folder is open in which git could be asked for a diff.")
        name, text = await Git(self.folders[0], self.variables).changes(self.files.exclude())
        return Attachment(name, text, "changes")

    def diagnostic_lines(self, first: Document | None = None) -> str:
        """The known problems of the open documents that may be sent."""
        readable = {document.key: read.name for document, read in self.files.readable()}
        return self.diagnostics.told(readable, first.key if first else None)

    def _diagnostics(self, looking: Looking) -> Attachment:
        text = self.diagnostic_lines(looking.document)
        if not text:
            raise NotReadable(
                "No diagnostics are known: a language server is not told of another's. Open the code "
                "actions where they are (the editor then sends them), or paste them."
            )
        return Attachment("diagnostics", text, "as the editor showed them")

    async def _retrieved(self, words: str, have: list[Attachment]) -> list[Attachment]:
        """Where the names in the question stand in the workspace, as far as it may be sent."""
        names = names_in(words)
        most = self.retrieved_tokens()
        if not names or not most or (not self.folders and not len(self.files.documents)):
            return []
        found = await asyncio.to_thread(lambda: snippets(self.files, names))
        known = {attachment.name.partition(":")[0] for attachment in have}
        new = [each for each in found if each.name.partition(":")[0] not in known]
        return list(within(new[:SNIPPETS], most))


def names_in(words: str) -> tuple[str, ...]:
    """What looks like a name in code rather than a word."""
    found = (match[1] or match[2] for match in _NAME.finditer(words))
    return tuple(dict.fromkeys(found))[:3]


def snippets(files: Files, names: Iterable[str]) -> list[Attachment]:
    """The lines around the likeliest place of each name; this blocks."""
    found = (snippet(files, name) for name in names)
    return list(dict.fromkeys(each for each in found if each is not None))


def snippet(files: Files, name: str) -> Attachment | None:
    matches = files.search(name.rpartition(".")[2])
    best = max(matches, key=lambda match: is_definition(match, name), default=None)
    try:
        return around(files.read(best.name), best.number) if best else None
    except NotReadable:
        return None


def is_definition(match: Match, name: str) -> bool:
    last = re.escape(name.rpartition(".")[2])
    return (
        re.search(
            rf"\b(?:def|class|fn|func|function|type|struct|interface|enum|const)\s+{last}\b", match.line
        )
        is not None
    )


def around(read: Read, number: int) -> Attachment:
    first = max(1, number - 3)
    lines = read.text.split("\n")[first - 1 : number + LINES_AROUND]
    return Attachment(
        f"{read.name}:{first}-{first + len(lines) - 1}", "\n".join(lines), "found in the workspace"
    )


def within(attachments: Iterable[Attachment], most: int) -> tuple[Attachment, ...]:
    """As much as fits, the first ones first; of one that is too long its beginning, which its detail says."""
    kept, cost = [], TokenCost()
    for attachment in attachments:
        text = head_within(attachment.text, most, cost)
        if attachment.text and not text:
            break
        cut = ", its beginning" if len(text) < len(attachment.text) else ""
        kept.append(Attachment(attachment.name, text, attachment.detail + cut))
        most -= cost.of(text)
    return tuple(kept)


def shown_to_model(attachment: Attachment) -> str:
    """The text in a fence that it cannot close, without the characters that only models read."""
    text = _TAG_CHARACTERS.sub("", attachment.text)
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    name = " ".join(attachment.name.split())
    return f"Attached: {name} ({attachment.detail})\n{fence}\n{text}\n{fence}"
