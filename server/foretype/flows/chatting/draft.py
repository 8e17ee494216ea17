"""An answer while it is written: what has arrived, and which part of it has been told."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from foretype.backends import delta as backend
from foretype.flows.chatting.calls import Calls
from foretype.flows.chatting.seam import Seam
from foretype.flows.chatting.steps import Outcome, Step, Tell
from foretype.flows.chatting.telling import Telling
from foretype.flows.chatting.turns import Conversation, Finish, Turn
from foretype.flows.conversing.conversing import Piece
from foretype.prompt.asked import ToolCall
from foretype.stream.thinking import ThoughtFilter

FINISHES: dict[backend.Finish, Finish] = {
    backend.Finish.STOP: "stop",
    backend.Finish.TOOL: "stop",
    backend.Finish.LENGTH: "length",
    backend.Finish.FILTERED: "filtered",
}


class Draft:
    """Grows piece by piece; what arrived stays, however the answer ends."""

    def __init__(self, turn: Turn, why: str, tell: Tell, tells_line_again: bool = False) -> None:
        self.turn = turn
        self.finish: Finish = "broken"
        self.problem = ""
        self._why = why
        self.tell = tell
        line = turn.text.rpartition("\n")[2] if tells_line_again else ""
        self._text = Telling("text", tell, turn.text.removesuffix(line))
        self._text.feed(line)
        self._reasoning = Telling("reasoning", tell, turn.reasoning)
        self._thoughts = ThoughtFilter()
        self._seam = Seam(turn.text)
        self._calls = Calls()
        self._round_began_at = len(turn.text)
        self._is_named = False
        self.has_begun = False
        self.grown = asyncio.Event()

    def take(self, piece: Piece) -> None:
        delta = piece.delta
        self._name(piece)
        if delta.note:
            self.tell(Step("note", delta.note))
        self.has_begun = self.has_begun or bool(delta.text or delta.reasoning or delta.tool_calls)
        self._calls.feed(delta.tool_calls)
        text = self._thoughts.feed(delta.text) if delta.text else ""
        self._grow(self._seam.feed(text), delta.reasoning + self._new_thoughts())
        if delta.usage:
            used = self.turn.completion_tokens + delta.usage.completion_tokens
            self.turn = replace(self.turn, prompt_tokens=delta.usage.prompt_tokens, completion_tokens=used)
        if delta.finish:
            self.finish = FINISHES[delta.finish]

    def end_round(self) -> tuple[str, tuple[ToolCall, ...]]:
        """What the model said in this round, and what it calls for before the next one.

        What it proposes stands between the two, so a block of code that was left open is closed.
        """
        self._grow(self._rest(), self._new_thoughts())
        said, calls = self.turn.text[self._round_began_at :], self._calls.whole()
        self._thoughts, self._calls = ThoughtFilter(), Calls()
        if calls and said.strip():
            self._grow("\n", "")
            self._grow(f"{self._text.closing}\n", "")
        self._round_began_at = len(self.turn.text)
        return said, calls

    def end(self) -> Turn:
        """The answer as it is to be kept; what was held back is told."""
        self._grow(self._rest(), self._new_thoughts())
        self._text.end()
        self._reasoning.end()
        self.turn = replace(self.turn, finish=self.finish)
        return self.turn

    def outcome(self, conversation: Conversation) -> Outcome:
        turn = self.turn
        return Outcome(
            conversation=conversation.id,
            turn=turn.number,
            finish=self.finish,
            title=conversation.title,
            model=turn.model,
            prompt_tokens=turn.prompt_tokens,
            completion_tokens=turn.completion_tokens,
            problem=self.problem,
        )

    def _name(self, piece: Piece) -> None:
        provider = piece.delta.served_by or self.turn.provider
        self.turn = replace(self.turn, model=piece.model, provider=provider)
        if not self._is_named:
            self._is_named = True
            by = f"{self._why}, served by {provider}" if provider else self._why
            self.tell(Step("model", piece.model, by))

    def _rest(self) -> str:
        """What was held back."""
        return self._seam.feed(self._thoughts.finish()) + self._seam.finish()

    def _grow(self, text: str, reasoning: str) -> None:
        if text or reasoning:
            grown = replace(self.turn, text=self.turn.text + text, reasoning=self.turn.reasoning + reasoning)
            self.turn = grown
            self.grown.set()
            self._text.feed(text)
            self._reasoning.feed(reasoning)

    def _new_thoughts(self) -> str:
        thoughts, self._thoughts.thoughts = self._thoughts.thoughts, ""
        return thoughts
