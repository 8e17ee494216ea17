"""textDocument/completion: the same suggestions in a menu, for clients without inline completion."""

from __future__ import annotations

import re

from lsprotocol import types

from foretype.documents.store import Documents
from foretype.documents.text import Place
from foretype.flows.completion.flow import Completion
from foretype.flows.completion.offers import Offer
from foretype.flows.completion.situation import Situation
from foretype.lsp.inline_completion import accepted_by
from foretype.lsp.server import Server

# A menu that is slower than this is in the way; what comes later is known when the next key asks.
PATIENCE_S = 0.12
LABEL_CHARACTERS = 60
WORD = re.compile(r"\w+\Z")


def register(server: Server, documents: Documents, completion: Completion) -> None:
    @server.feature(types.TEXT_DOCUMENT_COMPLETION)
    async def complete(params: types.CompletionParams) -> types.CompletionList:
        document = documents.get(params.text_document.uri)
        if document is None:
            return types.CompletionList(is_incomplete=False, items=[])
        place = document.place(params.position.line, params.position.character)
        situation = Situation(document, place)
        offers = await completion.suggest_within(situation, PATIENCE_S)
        return types.CompletionList(is_incomplete=True, items=[item(offer, situation) for offer in offers])


def item(offer: Offer, situation: Situation) -> types.CompletionItem:
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
        documentation=types.MarkupContent(types.MarkupKind.Markdown, fenced(text, document.language_id)),
        sort_text="\x00",
        filter_text=word or None,
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
