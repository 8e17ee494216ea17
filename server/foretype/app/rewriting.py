"""Edits and code actions: the flows, and the commands that start them."""

from __future__ import annotations

from foretype.app.ground import Ground
from foretype.flows.acting.actions import actions
from foretype.flows.acting.answering import Answering
from foretype.flows.acting.change import Changes
from foretype.flows.conversing.conversing import Conversing
from foretype.flows.editing.flow import Editing
from foretype.lsp import hover
from foretype.lsp.code_actions import CodeActions, never_for
from foretype.lsp.commands import Command
from foretype.lsp.editing import Edits


class Rewriting:
    """Everything that changes a text because the user asked for it in words."""

    def __init__(self, ground: Ground, conversing: Conversing) -> None:
        server, client, window, state = ground.server, ground.client, ground.window, ground.folders.state
        editing = Editing(ground.documents, conversing, ground.is_secret)
        self._edits = Edits(
            server, client, ground.documents, editing, window, ground.progress, ground.open_folders
        )
        changes = Changes(ground.environment.variables)
        answering = Answering(conversing, changes, ground.is_secret, state / "answers" if state else None)
        hover.register(server, client, ground.documents, answering.explanations)
        self.code_actions = CodeActions(
            server,
            client,
            self._edits,
            answering,
            changes,
            window,
            ground.progress,
            lambda: actions(ground.settings.now.actions),
            never_for(ground.is_secret, lambda: ground.settings.now),
        )

    def commands(self) -> dict[str, Command]:
        return {**self._edits.commands(), **self.code_actions.commands()}
