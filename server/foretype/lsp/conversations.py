"""foretype.conversations: what was said before, listed, opened, renamed, deleted, exported, searched."""

from __future__ import annotations

from collections.abc import Sequence

from foretype.errors import ForetypeError
from foretype.flows.chatting.document import exported, harmless
from foretype.flows.chatting.record import Record
from foretype.flows.chatting.turns import Conversation, Listed, Turn
from foretype.lsp.chat import items_of
from foretype.lsp.codes import ErrorCode, RpcError
from foretype.lsp.commands import Command
from foretype.lsp.messages import Json
from foretype.lsp.protocol import ConversationInfo, ConversationsParams, ConversationTurn, OpenedConversation
from foretype.lsp.server import Server

COMMAND = "foretype.conversations"


def commands_of(server: Server, record: Record) -> dict[str, Command]:
    async def conversations(arguments: Sequence[Json]) -> Json:
        params = server.argument(arguments, ConversationsParams, COMMAND)
        try:
            return await answer(params, record)
        except ForetypeError as problem:
            raise RpcError(ErrorCode.INVALID_PARAMS, str(problem)) from problem

    return {COMMAND: conversations}


async def answer(params: ConversationsParams, record: Record) -> Json:
    if params.action in ("list", "search"):
        words = params.text.strip() if params.action == "search" else ""
        return [info_of(listed) for listed in await record.list(words)]
    conversation = await record.read(one(params))
    if params.action == "open":
        return opened(conversation)
    if params.action == "export":
        return exported(conversation)
    if params.action == "delete":
        return await record.delete(conversation.id)
    if not params.text.strip():
        raise RpcError(ErrorCode.INVALID_PARAMS, f"{COMMAND} needs the new title as text")
    await record.rename(conversation, " ".join(params.text.split()))
    return None


def one(params: ConversationsParams) -> str:
    if params.id is None:
        raise RpcError(
            ErrorCode.INVALID_PARAMS, f"{COMMAND} needs the id of a conversation to {params.action}"
        )
    return params.id


def info_of(listed: Listed) -> ConversationInfo:
    return ConversationInfo(listed.id, listed.title, listed.updated, listed.turns)


def opened(conversation: Conversation) -> OpenedConversation:
    turns = [turn_of(turn) for turn in conversation.turns]
    return OpenedConversation(conversation.id, conversation.title, conversation.model, turns)


def turn_of(turn: Turn) -> ConversationTurn:
    """A turn as it may be drawn."""
    turn = harmless(turn)
    return ConversationTurn(
        number=turn.number,
        speaker=turn.speaker,
        text=turn.text,
        reasoning=turn.reasoning,
        model=turn.model,
        provider=turn.provider,
        finish=turn.finish,
        sent=items_of(turn.sent),
    )
