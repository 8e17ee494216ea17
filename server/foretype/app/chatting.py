"""Chat: the conversations, what may be sent along, and the two ways in which an editor talks."""

from __future__ import annotations

from foretype.app.ground import Ground
from foretype.app.models import Models
from foretype.flows.chatting.context import Context
from foretype.flows.chatting.diagnostics import Diagnostics
from foretype.flows.chatting.files import Files
from foretype.flows.chatting.flow import Chatting as Flow
from foretype.flows.chatting.flow import Desk
from foretype.flows.chatting.proposals import Proposals
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.store import Store
from foretype.flows.conversing.answerers import only
from foretype.flows.conversing.conversing import Conversing
from foretype.lsp import chat, conversations
from foretype.lsp.chat_documents import FOLDER, ChatDocuments
from foretype.lsp.commands import Command
from foretype.lsp.proposals import ProposedEdits


class Chatting:
    """Everything that talks; `documents.actions` is what a handler of code actions asks for chat's."""

    def __init__(self, ground: Ground, models: Models) -> None:
        self._ground = ground
        self._models = models
        self.record = Record(Store(ground.folders.state) if ground.folders.state else None, ground.tell)
        self.diagnostics = Diagnostics()
        context = self._context()
        desk = Desk(models.conversing, self._only, context, self.record, ground.tasks.start)
        self.flow = Flow(desk)
        self.documents = ChatDocuments(
            ground.server,
            ground.client,
            ground.window,
            ground.tasks,
            ground.documents,
            ground.progress,
            self.flow,
            self.record,
            self.diagnostics,
            context.files,
            ProposedEdits(ground.server, ground.client, ground.window, ground.documents, Proposals()),
            ground.folders.data,
        )
        chat.register(ground.server, ground.documents, self.flow)

    def commands(self) -> dict[str, Command]:
        conversing = conversations.commands_of(self._ground.server, self.record)
        return {**conversing, **self.documents.commands()}

    def _context(self) -> Context:
        ground = self._ground
        apart = ground.folders.data / FOLDER if ground.folders.data else None
        return Context(
            Files(ground.documents, ground.open_folders, ground.excluded, apart),
            self.diagnostics,
            ground.open_folders,
            ground.environment.variables,
            self._retrieved_tokens,
        )

    def _only(self, model: str) -> Conversing:
        ground = self._ground
        return only(model, lambda: ground.settings.now, self._models.access, ground.report)

    def _retrieved_tokens(self) -> int:
        """How much of other files may be sent along unasked."""
        context = self._ground.settings.now.context
        return context.max_tokens if context.enabled else 0
