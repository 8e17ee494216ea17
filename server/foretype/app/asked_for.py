"""What answers to words: edits, code actions and chat.

Nobody needs them before asking for one, so they are loaded then: an eighth of the server's start is theirs.
"""

from __future__ import annotations

from foretype.app.chatting import Chatting
from foretype.app.ground import Ground
from foretype.app.models import Models
from foretype.app.rewriting import Rewriting
from foretype.lsp import code_action
from foretype.lsp.commands import Command


class AskedFor:
    """Built with the first request or command that no other part serves."""

    def __init__(self, ground: Ground, models: Models) -> None:
        self.rewriting = Rewriting(ground, models.conversing)
        self.chatting = Chatting(ground, models)
        chats = self.chatting.documents
        menus = (self.rewriting.code_actions.menu, chats.about)
        code_action.register(ground.server, ground.client, chats.actions, menus)

    def commands(self) -> dict[str, Command]:
        return {**self.rewriting.commands(), **self.chatting.commands()}
