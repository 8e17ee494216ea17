"""foretype.review: an edit that was proposed in a chat document, made when the user asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lsprotocol import types

from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.errors import EditRefusedError
from foretype.flows.chatting.proposals import Proposals, end_of, hunk_of, place_of
from foretype.flows.chatting.tools import Proposal
from foretype.flows.editing.applying import applied
from foretype.flows.editing.difference import Hunk
from foretype.flows.editing.rebase import follow
from foretype.lsp.applying import range_of, refusal_of, workspace_edit
from foretype.lsp.client import Client
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.server import Server
from foretype.lsp.window import Window

REVIEW = "foretype.review"
ASKED = types.ChangeAnnotation("Proposed by a model", needs_confirmation=True)


@dataclass(frozen=True)
class ReviewParams:
    """The argument of foretype.review: the id of a proposal, as the code action has it."""

    proposal: str


@dataclass
class ProposedEdits:
    """Nothing but the stretch that was named is changed, in a document that is open, in one step."""

    server: Server
    client: Client
    window: Window
    documents: Documents
    proposals: Proposals

    def commands(self) -> dict[str, Command]:
        return {REVIEW: self._review}

    def actions(self, document: Document, line: int, kind: str) -> list[types.CodeAction]:
        """What a chat document offers at a proposal that is shown there."""
        proposal = self.proposals.at(document, line)
        if proposal is None or not self.client.applies_edits:
            return []
        title = f"Foretype: review the proposed edit of {proposal.uri.rpartition('/')[2]}"
        command = types.Command(title=title, command=REVIEW, arguments=[{"proposal": proposal.id}])
        return [types.CodeAction(title=title, kind=kind, command=command)]

    async def _review(self, arguments: Sequence[Json]) -> Json:
        params = self.server.argument(arguments, ReviewParams, REVIEW)
        proposal = self.proposals.get(params.proposal)
        if proposal is None:
            raise RpcError(ErrorCode.INVALID_PARAMS, "there is no such proposal: ask for the edit again")
        try:
            await self._make(proposal)
        except EditRefusedError as refused:
            self.window.tell(f"{REVIEW} {refused}", str(refused))
        return None

    async def _make(self, proposal: Proposal) -> None:
        document = self.documents.get(proposal.uri)
        region = place_of(proposal, document)
        assert document is not None
        followed = follow(self.documents, document, region)
        try:
            _, (made,) = await applied(followed, lambda: (hunk_of(proposal, followed.region),), self._apply)
        finally:
            followed.end()
        await self._show(proposal, made)

    async def _apply(self, document: Document, hunks: tuple[Hunk, ...]) -> str:
        """One workspace edit of this version, which the user is asked about where the client can ask."""
        annotation = ASKED if self.client.confirms_edits else None
        edit = workspace_edit(document, hunks, self.client, annotation)
        return await refusal_of(self.server, edit, patience_s=None)

    async def _show(self, proposal: Proposal, made: Hunk) -> None:
        """What has changed, for the user to look at."""
        document = self.documents.get(proposal.uri)
        if document is None or not self.client.shows_documents:
            return
        changed = range_of(document, made.start, end_of(proposal, made.start))
        params = types.ShowDocumentParams(proposal.uri, take_focus=True, selection=changed)
        try:
            await self.server.window_show_document_async(params)
        except RpcError:
            return
