"""Ghost text: the flow, the predictor beside it, and what is made ready ahead."""

from __future__ import annotations

from collections.abc import Sequence

from foretype.app.ground import Ground
from foretype.flows.access import Access
from foretype.flows.completion.chain import first_endpoint, first_local, writers_of
from foretype.flows.completion.flow import Completion, Surroundings
from foretype.flows.completion.instant import Instant
from foretype.flows.completion.local_warming import LocalWarming
from foretype.flows.completion.warming import Warming
from foretype.flows.completion.writer import Writer
from foretype.flows.learning import Learning
from foretype.flows.switch import Switch
from foretype.lsp import completion, inline_completion
from foretype.lsp.commands import Command
from foretype.predictor.predictor import Predictor
from foretype.stream.cursor import Cursor
from foretype.stream.grammars import Grammars
from foretype.stream.structure import Block, block_at


class Completing:
    """Everything that completes."""

    def __init__(self, ground: Ground, access: Access) -> None:
        self._ground = ground
        self._access = access
        predictor = Predictor()
        self.switch = Switch()
        self.instant = Instant(predictor, ground.is_secret)
        self.grammars = Grammars()
        self.completion = Completion(
            Surroundings(
                settings=lambda: self.switch.over(ground.settings.now),
                writers=self._writers,
                is_secret=ground.is_secret,
                report=ground.report,
                is_current=ground.is_current,
                instant=self.instant.suggest,
                structure=self._structure,
            )
        )
        self.learning = Learning(
            predictor,
            ground.open_folders,
            ground.folders.cache,
            ground.excluded,
            self.completion,
        )
        self.warming = Warming(
            ground.upstream,
            lambda: ground.settings.now,
            ground.is_secret,
            lambda: first_endpoint(ground.settings.now, access),
            self.grammars.load,
        )
        self.local_warming = LocalWarming(
            lambda: self.switch.over(ground.settings.now),
            ground.is_secret,
            lambda: first_local(ground.settings.now, access),
        )
        if ground.client.has_inline_completion:
            inline_completion.register(ground.server, ground.documents, self.completion)
        else:
            completion.register(ground.server, ground.documents, self.completion, ground.client)
        warming = (self.warming.follow, self.local_warming.follow)
        for follow in (self.instant.follow, self.completion.follow, *warming):
            ground.documents.observe(follow)

    def commands(self) -> dict[str, Command]:
        return inline_completion.commands_of(self.completion)

    async def close(self) -> None:
        await self.completion.close()
        await self.warming.close()
        await self.local_warming.close()

    def _writers(self) -> Sequence[Writer]:
        """The chain of models for one request, as it shares one deadline."""
        return writers_of(self._ground.settings.now, self._access)

    def _structure(self, cursor: Cursor) -> Block | None:
        parser = self.grammars.parser(cursor.language)
        return block_at(parser, cursor) if parser else None
