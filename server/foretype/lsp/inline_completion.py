"""textDocument/inlineCompletion: ghost text."""

from __future__ import annotations

from collections.abc import Sequence

from lsprotocol import types

from foretype.documents.store import Documents
from foretype.documents.text import Place
from foretype.flows.completion.flow import Completion
from foretype.flows.completion.offers import Offer
from foretype.flows.completion.situation import Situation, Trigger
from foretype.lsp.commands import Command, one_string
from foretype.lsp.messages import Json
from foretype.lsp.server import Server


def register(server: Server, documents: Documents, completion: Completion) -> None:
    @server.feature(types.TEXT_DOCUMENT_INLINE_COMPLETION)
    async def inline_completion(params: types.InlineCompletionParams) -> types.InlineCompletionList:
        document = documents.get(params.text_document.uri)
        if document is None:
            return types.InlineCompletionList([])
        place = document.place(params.position.line, params.position.character)
        situation = Situation(document, place, trigger(params.context))
        offers = await completion.suggest(situation)
        return types.InlineCompletionList([item(offer, situation) for offer in offers])


def commands_of(completion: Completion) -> dict[str, Command]:
    """What the editor says of a suggestion that it showed."""

    async def accepted(arguments: Sequence[Json]) -> None:
        completion.accepted(one_string(arguments, "the suggestion's id"))

    async def rejected(arguments: Sequence[Json]) -> None:
        completion.rejected(one_string(arguments, "the suggestion's id"))

    return {"foretype.accepted": accepted, "foretype.rejected": rejected}


def trigger(context: types.InlineCompletionContext) -> Trigger:
    is_invoked = context.trigger_kind is types.InlineCompletionTriggerKind.Invoked
    return Trigger.INVOKED if is_invoked else Trigger.AUTOMATIC


def item(offer: Offer, situation: Situation) -> types.InlineCompletionItem:
    """Plain text over an explicit range: without one, some clients move the item with the cursor."""
    document, place = situation.document, situation.place
    end = Place(place.line, place.column + offer.replace_after)
    span = types.Range(
        types.Position(place.line, document.character(place)),
        types.Position(end.line, document.character(end)),
    )
    return types.InlineCompletionItem(insert_text=offer.text, range=span, command=accepted_by(offer))


def accepted_by(offer: Offer) -> types.Command:
    """What the editor says when the user takes this one."""
    return types.Command(title="Accepted", command="foretype.accepted", arguments=[offer.id])
