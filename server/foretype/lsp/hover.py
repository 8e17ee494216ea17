"""textDocument/hover: an explanation that was given of the code there; nothing is asked for it."""

from __future__ import annotations

from lsprotocol import types

from foretype.documents.store import Documents
from foretype.flows.acting.explained import Explanations
from foretype.lsp.client import Client
from foretype.lsp.server import Server


def register(server: Server, client: Client, documents: Documents, explanations: Explanations) -> None:
    kind = types.MarkupKind.Markdown if client.hovers_in_markdown else types.MarkupKind.PlainText

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(params: types.HoverParams) -> types.Hover | None:
        document = documents.get(params.text_document.uri)
        if document is None:
            return None
        place = document.place(params.position.line, params.position.character)
        text = explanations.at(document, place)
        return types.Hover(types.MarkupContent(kind, text)) if text else None
