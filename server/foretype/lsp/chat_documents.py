"""foretype.chat: a conversation in a Markdown document, for editors that know nothing of chat."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lsprotocol import types

from foretype.config.private_files import write_private
from foretype.documents.document import Document
from foretype.documents.store import Documents
from foretype.documents.uri import document_key, file_uri
from foretype.errors import ForetypeError, StorageError
from foretype.flows.acting.menu import is_wanted
from foretype.flows.chatting import document as chat
from foretype.flows.chatting.context import Looking
from foretype.flows.chatting.diagnostics import Diagnostic, Diagnostics
from foretype.flows.chatting.files import Files, NotReadable
from foretype.flows.chatting.flow import Asked, Chatting
from foretype.flows.chatting.kept import Kept, Replacement
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.steps import Outcome, Step, Tell
from foretype.flows.chatting.turns import first_words
from foretype.flows.chatting.writing import Page, Writer
from foretype.flows.pulls import Report
from foretype.lsp.applying import refusal_of, workspace_edit
from foretype.lsp.chat import looking_at
from foretype.lsp.client import Client
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.progress import Progress
from foretype.lsp.proposals import ProposedEdits
from foretype.lsp.protocol import ChatCommandParams, Position, Range
from foretype.lsp.server import Server
from foretype.lsp.tasks import Tasks
from foretype.lsp.window import Severity, Window

COMMAND, SENT = "foretype.chat", "foretype.sent"
KIND = "source.foretype.chat"
ABOUT = "Foretype: chat about this"
FOLDER, SENT_FOLDER = "chats", "sent"
OPENED_WITHIN_S = 1.0
NOT_SENT = "Your editor did not take the heading of an answer, so nothing was asked: open the document again."
NOT_CAUGHT_UP = "The answer before this has not been taken, so nothing was asked: take it by its code action."
SO_FAR = "Your editor takes no more of this answer: open the actions in the chat document for what there is."
WRITTEN = "The answer is written: open the actions in the chat document to take it."
TAKE_SO_FAR, TAKE = "Foretype: take what is written so far", "Foretype: take the answer"
DOING = {"reasoning": "thinking…", "text": "writing…"}
SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}


@dataclass(frozen=True)
class SentParams:
    """The argument of foretype.sent: the chat document whose conversation is looked at."""

    uri: str


@dataclass
class ChatDocuments:
    """The chat documents of one editor: the ones that are being answered, and what each was opened from."""

    server: Server
    client: Client
    window: Window
    tasks: Tasks
    documents: Documents
    progress: Progress
    chatting: Chatting
    record: Record
    diagnostics: Diagnostics
    files: Files
    proposed: ProposedEdits
    folder: Path | None
    _writers: dict[str, Writer] = field(default_factory=dict)
    _kept: dict[str, Kept] = field(default_factory=dict)
    _looking: dict[str, Looking] = field(default_factory=dict)

    def commands(self) -> dict[str, Command]:
        return {COMMAND: self._run, SENT: self._look, **self.proposed.commands()}

    def actions(self, params: types.CodeActionParams) -> list[types.CodeAction] | None:
        """What a chat document offers; of every other one, the problems that are mentioned are noted."""
        document = self.documents.get(params.text_document.uri)
        if document is None:
            return None
        self.diagnostics.heard(document, [diagnostic(each) for each in params.context.diagnostics])
        if not self._is_ours(document.uri):
            return None
        if not is_wanted(KIND, params.context.only):
            return []
        line = max(params.range.start.line, params.range.end.line)
        found = chat.offered(str(document.text), line, document.key in self._writers)
        taking = self._not_taken(document)
        offers = [offer for offer in found if not (taking and offer.action == "go_on")]
        proposed = self.proposed.actions(document, params.range.start.line, KIND)
        return [*taking, *(code_action(offer, document.uri) for offer in offers), *proposed]

    def _not_taken(self, document: Document) -> list[types.CodeAction]:
        """What the editor did not take of an answer, as a change that it makes itself."""
        writer, kept = self._writers.get(document.key), self._kept.get(document.key)
        if writer:
            title, changes = TAKE_SO_FAR, writer.offer(document)
        else:
            title, changes = TAKE, kept.replacements(document) if kept else ()
        if document.in_doubt or not changes:
            return []
        return [types.CodeAction(title, kind=KIND, edit=workspace_edit(document, changes, self.client))]

    async def about(self, params: types.CodeActionParams) -> list[types.CodeAction]:
        """A conversation about what is selected, in any other document that may be sent."""
        document, context = self.documents.get(params.text_document.uri), params.context
        is_asked_for = context.trigger_kind is not types.CodeActionTriggerKind.Automatic
        has_selection = params.range.start != params.range.end
        if document is None or not (is_asked_for and has_selection and is_wanted(KIND, context.only)):
            return []
        try:
            self.files.of(document)
        except NotReadable:
            return []
        argument = {"uri": document.uri, "range": self.server.protocol.unstructure(params.range)}
        command = types.Command(title=ABOUT, command=COMMAND, arguments=[argument])
        return [types.CodeAction(title=ABOUT, kind=KIND, command=command)]

    async def _run(self, arguments: Sequence[Json]) -> Json:
        params = ChatCommandParams()
        if arguments and isinstance(arguments[0], str):
            params = command_line(arguments, self.files)
        elif arguments:
            params = self.server.argument(arguments, ChatCommandParams, COMMAND)
        if params.action == "open":
            return await self._open(params)
        document = self._chat_document(params.uri or "")
        if params.action == "stop":
            if writer := self._writers.get(document.key):
                writer.stop()
        elif document.key not in self._writers:
            self._send(document, goes_on=params.action == "go_on")
        return None

    async def _open(self, params: ChatCommandParams) -> Json:
        """Make the document, and have the editor show it."""
        looking = looking_at(self.documents, params.uri, params.range)
        try:
            if self.folder is None:
                raise StorageError("There is no data folder for chat documents.")
            conversation = (
                await self.record.read(params.conversation) if params.conversation else self.record.begin()
            )
            path = self.folder / FOLDER / f"{conversation.id}.md"
            uri, text = file_uri(path), chat.new_document(conversation, params.text)
            if self.documents.get(uri) is None:
                await asyncio.to_thread(write_private, path, text.encode("utf-8", "replace"))
        except ForetypeError as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, str(problem)) from problem
        self._looking[document_key(uri)] = looking
        await self._show(uri, path, text)
        return {"uri": uri, "conversation": conversation.id}

    async def _look(self, arguments: Sequence[Json]) -> Json:
        """Show what a model is sent of a conversation."""
        params = self.server.argument(arguments, SentParams, SENT)
        id = chat.read(str(self._chat_document(params.uri).text)).id
        try:
            conversation = await self.record.read(id or "")
            assert self.folder is not None
            path = self.folder / FOLDER / SENT_FOLDER / f"{conversation.id}.md"
            text = chat.sent_document(conversation)
            await asyncio.to_thread(write_private, path, text.encode("utf-8", "replace"))
        except ForetypeError as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, str(problem)) from problem
        if not await self._is_shown(types.ShowDocumentParams(file_uri(path))):
            self.window.tell(f"{SENT} {path}", f"What was sent stands in {path}.", Severity.INFO)
        return {"uri": file_uri(path)}

    def _chat_document(self, uri: str) -> Document:
        document = self.documents.get(uri)
        if document is None or not self._is_ours(document.uri):
            raise RpcError(ErrorCode.INVALID_PARAMS, "this needs the uri of an open chat document")
        return document

    async def _show(self, uri: str, path: Path, text: str) -> None:
        # The last line that is one for every editor: some count none after the last line end.
        end = types.Position(max(0, text.count("\n") - 1), 0)
        params = types.ShowDocumentParams(uri, take_focus=True, selection=types.Range(end, end))
        if not await self._is_shown(params):
            self.window.tell(uri, f"Open {path}, write your question there, and send it by a code action.")

    async def _is_shown(self, params: types.ShowDocumentParams) -> bool:
        if not self.client.shows_documents:
            # One that shows nothing may open what it is to change, as Kate does behind what is in front.
            await refusal_of(self.server, types.WorkspaceEdit(changes={params.uri: []}), OPENED_WITHIN_S)
            return False
        try:
            return (await self.server.window_show_document_async(params)).success
        except RpcError:
            return False

    def _send(self, document: Document, *, goes_on: bool) -> None:
        """Answer the last section, in a task of its own: no editor waits so long for a command."""
        if self._asked(document, goes_on=goes_on) is None:
            raise RpcError(ErrorCode.INVALID_PARAMS, "there is nothing to send in the last section")

        def refuses() -> None:
            self.window.tell(f"{document.uri} so far", SO_FAR)

        writer = Writer(self.documents, document.uri, self._apply, refuses)
        self._writers[document.key] = writer
        self.tasks.start(self._write(document, writer, goes_on=goes_on))

    def _asked(self, document: Document, *, goes_on: bool) -> Asked | None:
        """What the last section asks; None where that is nothing."""
        read = chat.read(str(document.text))
        last = read.last
        if last is None or not (read.broke_off if goes_on else last.is_yours and last.text):
            return None
        return Asked(
            words="" if goes_on else last.text,
            conversation=read.id,
            looking=self._looking.get(document.key, Looking()),
            goes_on=goes_on,
            tells_line_again=goes_on and read.was_killed,
            earlier=read.earlier,
        )

    async def _write(self, document: Document, writer: Writer, *, goes_on: bool) -> None:
        try:
            if (kept := self._kept.get(document.key)) and not await writer.catches_up_with(kept):
                self.window.tell(f"{document.uri} before", NOT_CAUGHT_UP)
                return
            self._kept.pop(document.key, None)
            now = self.documents.get(document.uri)
            if now and (asked := self._asked(now, goes_on=goes_on)):
                await self._answer(document, writer, asked)
        except ForetypeError as problem:
            self.window.tell(str(problem), str(problem))
        finally:
            del self._writers[document.key]

    async def _answer(self, document: Document, writer: Writer, asked: Asked) -> None:
        async def ask(page: Page) -> Outcome:
            return await self.chatting.answer(asked, watched(self._taken(page), report))

        async with self.progress.shown(title_of(asked), writer.stop) as report:
            report("thinking…")
            is_written = await writer.run(ask)
        if writer.kept:
            self._kept[document.key] = writer.kept
        now = self.documents.get(document.uri)
        if writer.kept and now and writer.kept.replacements(now):
            self.window.tell(f"{document.uri} {time.monotonic()}", WRITTEN)
        elif not is_written:
            where = f"foretype.chat opens conversation {asked.conversation}"
            lost = f"The answer is not in the document any more; {where}."
            self.window.tell(document.uri, lost if writer.has_begun else NOT_SENT)

    def _taken(self, page: Page) -> Tell:
        def take(step: Step) -> None:
            page.take(step)
            if step.proposal is not None:
                self.proposed.proposals.remember(step.proposal)

        return take

    async def _apply(self, document: Document, replacements: tuple[Replacement, ...]) -> bool:
        """One step, for this version of the document and no other."""
        return not await refusal_of(self.server, workspace_edit(document, replacements, self.client))

    def _is_ours(self, uri: str) -> bool:
        """Whether a document lies in the folder of chats; what another file says of itself does not count."""
        if self.folder is None:
            return False
        folder, _, name = document_key(uri).rpartition("/")
        return bool(name) and folder == document_key(file_uri(self.folder / FOLDER))


def command_line(arguments: Sequence[Json], files: Files) -> ChatCommandParams:
    """PATH FIRST LAST WORDS…, as an editor's command line gives them: an open file, and lines from one on."""
    path, *rest = map(str, arguments)
    document, lines = files.document(path), rest[:2]
    if document is None or len(lines) != 2 or not all(map(str.isdecimal, lines)):
        raise RpcError(
            ErrorCode.INVALID_PARAMS, f"{COMMAND} takes PATH FIRST LAST of an open file, and words"
        )
    first, last = Position(max(0, int(lines[0]) - 1), 0), Position(int(lines[1]), 0)
    return ChatCommandParams(uri=document.uri, range=Range(first, last), text=" ".join(rest[2:]))


def title_of(asked: Asked) -> str:
    return "Going on with the answer" if asked.goes_on else first_words(asked.words)


def watched(tell: Tell, report: Report) -> Tell:
    """Tells, and reports what the model is doing each time that changes."""
    doing = ""

    def hear(step: Step) -> None:
        nonlocal doing
        tell(step)
        now = step.text if step.kind == "tool" else DOING.get(step.kind, doing)
        if now != doing:
            doing = now
            report(doing)

    return hear


def code_action(offer: chat.Offered, uri: str) -> types.CodeAction:
    argument = {"uri": uri} if offer.action == "sent" else {"action": offer.action, "uri": uri}
    name = SENT if offer.action == "sent" else COMMAND
    command = types.Command(title=offer.title, command=name, arguments=[argument])
    return types.CodeAction(title=offer.title, kind=KIND, command=command)


def diagnostic(found: types.Diagnostic) -> Diagnostic:
    message = str(found.message)
    severity = SEVERITIES.get(int(found.severity), "") if found.severity else ""
    return Diagnostic(found.range.start.line + 1, message, severity, found.source or "")
