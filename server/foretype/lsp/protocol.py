"""What Foretype says beyond LSP: the parameters and results of its own methods and commands.

`vscode-client/src/protocol.ts` mirrors these types, and a test holds one against the other. Names on the
wire are these names; a field that is None may be left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

CHAT = "foretype/chat"
SET_KEY = "foretype/setKey"
STATUS = "foretype/status"

AccountState = Literal["disconnected", "connecting", "connected", "limited", "offline"]
LimitState = Literal["free", "near", "reached"]
ServerState = Literal["idle", "thinking", "offline", "limited", "off"]
Finish = Literal["stop", "length", "cancelled", "broken", "filtered"]


@dataclass(frozen=True)
class Position:
    """As in LSP: the character counts in the negotiated encoding."""

    line: int
    character: int


@dataclass(frozen=True)
class Range:
    start: Position
    end: Position


@dataclass(frozen=True)
class SetKeyParams:
    """foretype/setKey: hands over the Hugging Face token, or takes it back with None.

    It comes before every other token and is kept in the server's memory only. The result is the
    AccountStatus, once the Hub has said whose token it is.
    """

    key: str | None = None


@dataclass(frozen=True)
class AccountStatus:
    """Who the token belongs to and what it may do; `token` is masked, `problem` names the cure.

    Also the result of foretype.login and foretype.logout. `link` is the page where the problem is mended.
    """

    state: AccountState
    token: str = ""
    source: str = ""
    user: str = ""
    organisations: list[str] = field(default_factory=list)
    may_call_models: bool | None = None
    problem: str = ""
    link: str = ""


@dataclass(frozen=True)
class RoleStatus:
    """Which model answers for a role, and why that one."""

    model: str = ""
    reason: str = ""


@dataclass(frozen=True)
class LimitStatus:
    """A limit of the settings' `budget`, and how much of it is used, also in words."""

    setting: str
    used: float
    most: float
    state: LimitState
    text: str


@dataclass(frozen=True)
class Status:
    """foretype/status: sent after each change, a few times a second at most, and only to clients whose
    capabilities hold `"experimental": {"foretype": true}`. Also the result of foretype.toggle.

    `problem` is the account's or the budget's, where a role has a model of Hugging Face. `languages_off` are
    the ids of the languages that are not completed. `limits` are those of the budget that are set.
    """

    state: ServerState
    account: AccountStatus
    roles: dict[str, RoleStatus]
    answered_by: str = ""
    problem: str = ""
    languages_off: list[str] = field(default_factory=list)
    limits: list[LimitStatus] = field(default_factory=list)


@dataclass(frozen=True)
class StatusReport(Status):
    """The result of the command foretype.status: what is too fleeting or too long to be sent unasked.

    `problems` are those of the settings, `suggestions` counts what became of those shown.
    """

    documents: int = 0
    problems: list[str] = field(default_factory=list)
    suggestions: dict[str, int] = field(default_factory=dict)
    has_read_workspace: bool = False


@dataclass(frozen=True)
class ToggleParams:
    """The argument of foretype.toggle, which may be left out: completions go on or off everywhere, or for
    one language id, as long as the editor runs."""

    language: str | None = None


@dataclass(frozen=True)
class ChatParams:
    """foretype/chat (request): the user's next turn.

    Pieces arrive by $/progress on `partialResultToken`. Without `conversation` a new one begins;
    `goes_on` asks to continue the last answer, which broke off or was stopped. Images are data: URLs.
    """

    partialResultToken: int | str | None = None  # noqa: N815 - LSP's own name
    conversation: str | None = None
    text: str = ""
    uri: str | None = None
    range: Range | None = None
    images: list[str] = field(default_factory=list)
    model: str | None = None
    goes_on: bool = False


@dataclass(frozen=True)
class ContextItem:
    """Something that was sent along: what it is called and how long it is."""

    name: str
    detail: str = ""
    tokens: int = 0


@dataclass(frozen=True)
class ChatPiece:
    """One $/progress value of a chat; the field that belongs to its kind is set.

    text, reasoning: `text`. model: `text` is its id, `detail` says why it. context: `items`.
    tool: `text` is its name, `detail` what it was asked and said. note: `text` is for the user to read.
    edit: `edit` is a proposal, for the user to review.
    """

    kind: Literal["text", "reasoning", "model", "context", "tool", "note", "edit"]
    text: str = ""
    detail: str = ""
    items: list[ContextItem] = field(default_factory=list)
    edit: EditProposal | None = None


@dataclass(frozen=True)
class ChatResult:
    """The end of an answer; `title` is the conversation's."""

    conversation: str
    turn: int
    finish: Finish
    title: str = ""
    model: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    problem: str = ""


@dataclass(frozen=True)
class EditParams:
    """The argument of foretype.edit. `lines` are numbers from 1, the last one included.

    Without `range` and `lines` the enclosing block at `position` is meant. With `preview` nothing is
    applied: the proposal is the result. `token` asks for the new text as $/progress while it is written.
    `follows` is the id of an edit that is to be done again, or in another way ("shorter").
    """

    uri: str
    instruction: str = ""
    range: Range | None = None
    lines: list[int] | None = None
    position: Position | None = None
    preview: bool = False
    token: int | str | None = None
    follows: str | None = None


@dataclass(frozen=True)
class Hunk:
    """One change of a proposal: this range becomes this text."""

    range: Range
    text: str


@dataclass(frozen=True)
class EditProposal:
    """What a model would change in one document of one version."""

    id: str
    uri: str
    version: int
    hunks: list[Hunk]


@dataclass(frozen=True)
class EditResult:
    """What became of foretype.edit; where nothing was changed, `problem` says why."""

    applied: bool
    id: str = ""
    model: str = ""
    proposal: EditProposal | None = None
    problem: str = ""


@dataclass(frozen=True)
class EditPiece:
    """One $/progress value of an edit: what this range of the text that it was asked of is to be, so far."""

    range: Range
    text: str


@dataclass(frozen=True)
class ConversationsParams:
    """The argument of foretype.conversations; `id` names one, `text` is its new title or what to look for."""

    action: Literal["list", "open", "rename", "delete", "export", "search"]
    id: str | None = None
    text: str = ""


@dataclass(frozen=True)
class ChatCommandParams:
    """The argument of foretype.chat, which may be left out.

    open: a chat document, a new one or that of a `conversation`, with `text` as its question. send, stop and
    go_on are what the code actions of a chat document run on it.
    """

    action: Literal["open", "send", "stop", "go_on"] = "open"
    uri: str | None = None
    range: Range | None = None
    conversation: str | None = None
    text: str = ""


@dataclass(frozen=True)
class ConversationTurn:
    """One turn as it may be drawn: nothing in its Markdown fetches anything."""

    number: int
    speaker: Literal["user", "assistant"]
    text: str
    reasoning: str = ""
    model: str = ""
    provider: str = ""
    finish: Finish = "stop"
    sent: list[ContextItem] = field(default_factory=list)


@dataclass(frozen=True)
class OpenedConversation:
    """The result of foretype.conversations for open."""

    id: str
    title: str
    model: str
    turns: list[ConversationTurn]


@dataclass(frozen=True)
class ConversationInfo:
    """A row of the list of conversations; times are ISO 8601."""

    id: str
    title: str
    updated: str
    turns: int


@dataclass(frozen=True)
class ModelsParams:
    """The argument of foretype.models, which may be left out: words to look for, and a role to be fit for."""

    filter: str = ""
    role: str = ""


@dataclass(frozen=True)
class SelectModelParams:
    """The argument of foretype.select_model; without a model the role is given back to the settings."""

    role: str
    model: str | None = None


@dataclass(frozen=True)
class StatsParams:
    """The argument of foretype.stats, which may be left out."""

    days: int = 30


@dataclass(frozen=True)
class ModelInfo:
    """A row of foretype.models: what a picker shows."""

    id: str
    title: str
    provider: str
    roles: list[str] = field(default_factory=list)
    context_tokens: int | None = None
    input_price: float | None = None
    output_price: float | None = None
    latency_s: float | None = None
    tokens_per_s: float | None = None
    size_mb: int | None = None
    memory_mb: int | None = None
    is_here: bool = False
    has_tools: bool = False
    has_vision: bool = False
    note: str = ""
    problem: str = ""
    link: str = ""


@dataclass(frozen=True)
class ModelsResult:
    """foretype.models; `age_s` is how old the remote list is, `is_complete` whether more will come."""

    models: list[ModelInfo]
    age_s: float | None = None
    is_complete: bool = True
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PullParams:
    """The argument of foretype.pull: a local model's id."""

    model: str


@dataclass(frozen=True)
class PullResult:
    """What became of foretype.pull; where the model is not here, `problem` says why."""

    model: str
    is_here: bool = False
    problem: str = ""
