"""What every part of the server stands on: the editor, the text, the settings, the way to models."""

from __future__ import annotations

import logging
from collections.abc import Callable

from foretype.backends.cures import is_up_to_the_user
from foretype.backends.upstream import Upstream
from foretype.config.environment import Environment
from foretype.config.files import locate
from foretype.config.live import LiveSettings
from foretype.config.parser_apart import ParserApart
from foretype.documents.document import Document
from foretype.documents.exclusion import is_secret
from foretype.documents.folders import OpenFolders
from foretype.documents.notebook import Notebooks
from foretype.documents.store import Documents
from foretype.errors import BackendError, CircuitOpenError, NotReadyError
from foretype.flows.completion.instant import path_of
from foretype.log.start import Log
from foretype.lsp.client import Client
from foretype.lsp.progress import Progress
from foretype.lsp.rpc import Connection
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Window

logger = logging.getLogger(__name__)


class Ground:
    """Made first, and closed last."""

    def __init__(
        self, environment: Environment, log: Log, connection: Connection, client: Client, parser: ParserApart
    ) -> None:
        self.environment = environment
        self.log = log
        self.client = client
        self.folders = locate(environment)
        self.open_folders = OpenFolders(client.folders)
        self.tasks = Tasks()
        self.documents = Documents(client.encoding)
        self.notebooks = Notebooks(self.documents)
        self.connection = connection
        self.server = Server(connection)
        self.settings = LiveSettings(environment, self.folders, parser)
        self.window = Window(connection)
        self.progress = Progress(self.server, client)
        self.upstream = Upstream()
        self._mends: list[Callable[[BackendError], bool]] = []

    def is_secret(self, document: Document) -> bool:
        return is_secret(path_of(document), self.excluded())

    def excluded(self) -> tuple[str, ...]:
        return self.settings.now.privacy.exclude

    def is_current(self, document: Document) -> bool:
        return self.documents.get(document.uri) is document

    def offer(self, mend: Callable[[BackendError], bool]) -> None:
        """Ask this first of each problem; where it says yes, it tells the user more than a sentence."""
        self._mends.append(mend)

    def report(self, problem: BackendError) -> None:
        """Tell the user what only they can mend; the rest passes by itself, and the log has it."""
        if is_up_to_the_user(problem) and not any(mend(problem) for mend in self._mends):
            self.window.tell(f"{type(problem).__name__} {problem.endpoint} {problem.model}", str(problem))
        if not isinstance(problem, (CircuitOpenError, NotReadyError)):
            logger.info("no answer: %s", problem)

    def tell(self, sentence: str) -> None:
        self.window.tell(sentence, sentence)
