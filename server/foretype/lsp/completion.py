"""textDocument/completion: the same suggestions in a menu, for clients without inline completion."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence

from lsprotocol import types

from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.documents.text import Place
from foretype.flows.completion.flow import Completion
from foretype.flows.completion.offers import Offer
from foretype.flows.completion.situation import Situation
from foretype.lsp.client import Client
from foretype.lsp.inline_completion import accepted_by
from foretype.lsp.older_menu import Questions, left_of_the_cursor
from foretype.lsp.server import Server

# A menu that is slower than this is in the way; what comes later is known when the next key asks.
PATIENCE_S = 0.12
# A plain menu is not asked for again where it was incomplete: what comes later is lost. An older menu is,
# and whoever puts the same question once more waits for its answer.
PATIENCE_WITH_ONE_QUESTION_S = 3.0
LABEL_CHARACTERS = 60
# What Kate leaves out of every text while it has snippets, whatever the entry says of its format.
SNIPPET = re.compile(r"\$[{0-9]")
WORD = re.compile(r"\w+\Z")


def register(server: Server, documents: Documents, completion: Completion, client: Client) -> None:
    questions = Questions()

    @server.feature(types.TEXT_DOCUMENT_COMPLETION)
    async def complete(params: types.CompletionParams) -> types.CompletionList:
        document = documents.get(params.text_document.uri)
        if document is None:
            return types.CompletionList(is_incomplete=False, items=[])
        place = document.place(params.position.line, params.position.character)
        situation = Situation(document, place)
        if client.has_plain_menu:
            situation, offers = await offers_for_one_question(completion, documents, situation)
        else:
            waits = client.has_older_menu and questions.is_put_again(situation)
            patience_s = PATIENCE_WITH_ONE_QUESTION_S if waits else PATIENCE_S
            offers = await completion.suggest_within(situation, patience_s)
        return types.CompletionList(is_incomplete=True, items=list(items(offers, situation, client)))


async def offers_for_one_question(
    completion: Completion, documents: Documents, situation: Situation
) -> tuple[Situation, tuple[Offer, ...]]:
    """Follows the word while it is typed: the answer is filtered by what stands there when it comes."""
    now_s = asyncio.get_running_loop().time
    end_s = now_s() + PATIENCE_WITH_ONE_QUESTION_S
    while True:
        offers = await completion.suggest_within(situation, end_s - now_s())
        document = documents.get(situation.document.uri)
        longer = with_longer_word(situation, document) if document else None
        if offers or longer is None or now_s() >= end_s:
            return situation, offers
        situation = longer


def with_longer_word(situation: Situation, document: Document) -> Situation | None:
    """The same place once more of the word stands there; None where that is not what has changed."""
    place, before, after = situation.place, situation.line_before, situation.line_after
    line = document.text.line(place.line) if place.line < document.text.line_count else ""
    typed = line[len(before) : len(line) - len(after)]
    if line != before + typed + after or not WORD.fullmatch(typed):
        return None
    return Situation(document, Place(place.line, place.column + len(typed)), situation.trigger)


def items(offers: Sequence[Offer], situation: Situation, client: Client) -> Iterator[types.CompletionItem]:
    """The entries that come out as they are, in the menu that this client has."""
    is_mutilated = client.has_plain_menu and client.has_snippets
    for offer in left_of_the_cursor(offers, situation) if client.has_older_menu else offers:
        if not (is_mutilated and SNIPPET.search(offer.text)):
            yield item(offer, situation, not client.has_plain_menu, client.has_older_menu)


def item(
    offer: Offer, situation: Situation, in_markdown: bool, is_filtered_by_all: bool = False
) -> types.CompletionItem:
    """An entry that writes the word left of the cursor once more, so that no client filters it out."""
    document, place = situation.document, situation.place
    found = WORD.search(situation.line_before)
    word = found.group() if found else ""
    start = Place(place.line, place.column - len(word))
    end = Place(place.line, place.column + offer.replace_after)
    span = types.Range(
        types.Position(place.line, document.character(start)),
        types.Position(place.line, document.character(end)),
    )
    text = word + offer.text
    return types.CompletionItem(
        label=label_of(text),
        kind=types.CompletionItemKind.Text,
        detail="Foretype",
        documentation=types.MarkupContent(types.MarkupKind.Markdown, fenced(text, document.language_id))
        if in_markdown
        else text,
        sort_text="\x00",
        filter_text=text if is_filtered_by_all else word or None,
        insert_text_format=types.InsertTextFormat.PlainText,
        text_edit=types.TextEdit(span, text),
        command=accepted_by(offer),
    )


def label_of(text: str) -> str:
    first, line_end, _ = text.strip().partition("\n")
    shortened = first[:LABEL_CHARACTERS].rstrip()
    return f"✨ {shortened}…" if line_end or shortened != first.rstrip() else f"✨ {shortened}"


def fenced(text: str, language: str) -> str:
    """Code in a fence longer than any in it, so that it is shown and never rendered."""
    ticks = max([2, *map(len, re.findall(r"`+", text))]) + 1
    return f"{'`' * ticks}{language}\n{text}\n{'`' * ticks}"
