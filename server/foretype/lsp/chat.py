"""foretype/chat: an answer that arrives by $/progress on its partialResultToken."""

from __future__ import annotations

from collections.abc import Sequence

from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.errors import ForetypeError
from foretype.flows.chatting.context import Looking
from foretype.flows.chatting.flow import Asked, Chatting
from foretype.flows.chatting.steps import Outcome, Step, Tell
from foretype.flows.chatting.tools import Proposal
from foretype.flows.chatting.turns import Sent
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.protocol import (
    CHAT,
    ChatParams,
    ChatPiece,
    ChatResult,
    ContextItem,
    EditProposal,
    Hunk,
    Position,
    Range,
)
from foretype.lsp.rpc import claim_last_word
from foretype.lsp.server import Server


def register(server: Server, documents: Documents, chatting: Chatting) -> None:
    @server.feature(CHAT)
    async def chat(params: ChatParams) -> ChatResult:
        asked = asked_in(params, documents)
        claim_last_word()
        try:
            outcome = await chatting.answer(asked, progress(server, documents, params.partialResultToken))
        except ForetypeError as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, str(problem)) from problem
        return result_of(outcome)


def asked_in(params: ChatParams, documents: Documents) -> Asked:
    if not (params.text.strip() or params.images or params.goes_on):
        raise RpcError(ErrorCode.INVALID_PARAMS, "foretype/chat needs a text, an image, or goes_on")
    if params.goes_on and params.conversation is None:
        raise RpcError(ErrorCode.INVALID_PARAMS, "goes_on needs the conversation that is to go on")
    return Asked(
        words=params.text,
        conversation=params.conversation,
        looking=looking_at(documents, params.uri, params.range),
        images=tuple(params.images),
        model=params.model,
        goes_on=params.goes_on,
    )


def looking_at(documents: Documents, uri: str | None, selected: Range | None) -> Looking:
    """What the user sees, as the document is now; one that is not open is none."""
    document = documents.get(uri) if uri is not None else None
    if document is None or selected is None:
        return Looking(document)
    start, end = (document.place(at.line, at.character) for at in (selected.start, selected.end))
    return Looking(document, *sorted((start, end)))


def progress(server: Server, documents: Documents, token: int | str | None) -> Tell:
    """What tells the client of each step; without a token it hears the end only."""

    def tell(step: Step) -> None:
        if token is not None:
            server.protocol.notify("$/progress", {"token": token, "value": piece_of(step, documents)})

    return tell


def piece_of(step: Step, documents: Documents) -> ChatPiece:
    edit = proposal_of(step.proposal, documents) if step.proposal else None
    return ChatPiece(step.kind, step.text, step.detail, items_of(step.sent), edit)


def items_of(sent: Sequence[Sent]) -> list[ContextItem]:
    return [ContextItem(each.name, each.detail, each.tokens) for each in sent]


def proposal_of(proposal: Proposal, documents: Documents) -> EditProposal | None:
    """The proposal in the editor's own columns; none, once the document has changed or is closed."""
    document = documents.get(proposal.uri)
    if document is None or (document.version or 0) != proposal.version:
        return None
    where = Range(*(position(document, place.line, place.column) for place in (proposal.start, proposal.end)))
    return EditProposal(proposal.id, proposal.uri, proposal.version, [Hunk(where, proposal.text)])


def position(document: Document, line: int, column: int) -> Position:
    return Position(line, document.encoding.character(document.text.line(line), column))


def result_of(outcome: Outcome) -> ChatResult:
    return ChatResult(
        conversation=outcome.conversation,
        turn=outcome.turn,
        finish=outcome.finish,
        title=outcome.title,
        model=outcome.model,
        prompt_tokens=outcome.prompt_tokens,
        completion_tokens=outcome.completion_tokens,
        problem=outcome.problem,
    )
