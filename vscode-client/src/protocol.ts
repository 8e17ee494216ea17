/** What Foretype says beyond LSP: the mirror of `server/foretype/lsp/protocol.py`, held to it by a test. */

export const CHAT = 'foretype/chat';
export const SET_KEY = 'foretype/setKey';
export const STATUS = 'foretype/status';

/** The server's commands; VS Code has each of them under the same name once the server runs. */
export type ServerCommand =
  | 'foretype.chat'
  | 'foretype.conversations'
  | 'foretype.edit'
  | 'foretype.explain'
  | 'foretype.login'
  | 'foretype.models'
  | 'foretype.pull'
  | 'foretype.restart_engine'
  | 'foretype.select_model'
  | 'foretype.stats'
  | 'foretype.status';

export type AccountState = 'disconnected' | 'connecting' | 'connected' | 'limited' | 'offline';
export type LimitState = 'free' | 'near' | 'reached';
export type ServerState = 'idle' | 'thinking' | 'offline' | 'limited' | 'off';
export type Finish = 'stop' | 'length' | 'cancelled' | 'broken' | 'filtered';

/** As in LSP: the character counts in the negotiated encoding. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Range {
  readonly start: Position;
  readonly end: Position;
}

/**
 * foretype/setKey: hands over the Hugging Face token, or takes it back with None.
 *
 * It comes before every other token and is kept in the server's memory only. The result is the
 * AccountStatus, once the Hub has said whose token it is.
 */
export interface SetKeyParams {
  readonly key?: string | null;
}

/**
 * Who the token belongs to and what it may do; `token` is masked, `problem` names the cure.
 *
 * Also the result of foretype.login and foretype.logout. `link` is the page where the problem is mended.
 */
export interface AccountStatus {
  readonly state: AccountState;
  readonly token?: string;
  readonly source?: string;
  readonly user?: string;
  readonly organisations?: readonly string[];
  readonly may_call_models?: boolean | null;
  readonly problem?: string;
  readonly link?: string;
}

/** Which model answers for a role, and why that one. */
export interface RoleStatus {
  readonly model?: string;
  readonly reason?: string;
}

/** A limit of the settings' `budget`, and how much of it is used, also in words. */
export interface LimitStatus {
  readonly setting: string;
  readonly used: number;
  readonly most: number;
  readonly state: LimitState;
  readonly text: string;
}

/**
 * foretype/status: sent after each change, a few times a second at most, and only to clients whose
 * capabilities hold `"experimental": {"foretype": true}`. Also the result of foretype.toggle.
 *
 * `problem` is the account's or the budget's, where a role has a model of Hugging Face. `languages_off` are
 * the ids of the languages that are not completed. `limits` are those of the budget that are set.
 */
export interface Status {
  readonly state: ServerState;
  readonly account: AccountStatus;
  readonly roles: Readonly<Record<string, RoleStatus>>;
  readonly answered_by?: string;
  readonly problem?: string;
  readonly languages_off?: readonly string[];
  readonly limits?: readonly LimitStatus[];
}

/**
 * The result of the command foretype.status: what is too fleeting or too long to be sent unasked.
 *
 * `problems` are those of the settings, `suggestions` counts what became of those shown.
 */
export interface StatusReport extends Status {
  readonly documents?: number;
  readonly problems?: readonly string[];
  readonly suggestions?: Readonly<Record<string, number>>;
  readonly has_read_workspace?: boolean;
}

/**
 * The argument of foretype.toggle, which may be left out: completions go on or off everywhere, or for
 * one language id, as long as the editor runs.
 */
export interface ToggleParams {
  readonly language?: string | null;
}

/**
 * foretype/chat (request): the user's next turn.
 *
 * Pieces arrive by $/progress on `partialResultToken`. Without `conversation` a new one begins;
 * `goes_on` asks to continue the last answer, which broke off or was stopped. Images are data: URLs.
 */
export interface ChatParams {
  readonly partialResultToken?: number | string | null;
  readonly conversation?: string | null;
  readonly text?: string;
  readonly uri?: string | null;
  readonly range?: Range | null;
  readonly images?: readonly string[];
  readonly model?: string | null;
  readonly goes_on?: boolean;
}

/** Something that was sent along: what it is called and how long it is. */
export interface ContextItem {
  readonly name: string;
  readonly detail?: string;
  readonly tokens?: number;
}

/**
 * One $/progress value of a chat; the field that belongs to its kind is set.
 *
 * text, reasoning: `text`. model: `text` is its id, `detail` says why it. context: `items`.
 * tool: `text` is its name, `detail` what it was asked and said. note: `text` is for the user to read.
 * edit: `edit` is a proposal, for the user to review.
 */
export interface ChatPiece {
  readonly kind: 'text' | 'reasoning' | 'model' | 'context' | 'tool' | 'note' | 'edit';
  readonly text?: string;
  readonly detail?: string;
  readonly items?: readonly ContextItem[];
  readonly edit?: EditProposal | null;
}

/** The end of an answer; `title` is the conversation's. */
export interface ChatResult {
  readonly conversation: string;
  readonly turn: number;
  readonly finish: Finish;
  readonly title?: string;
  readonly model?: string;
  readonly prompt_tokens?: number;
  readonly completion_tokens?: number;
  readonly problem?: string;
}

/**
 * The argument of foretype.edit. `lines` are numbers from 1, the last one included.
 *
 * Without `range` and `lines` the enclosing block at `position` is meant. With `preview` nothing is
 * applied: the proposal is the result. `token` asks for the new text as $/progress while it is written.
 * `follows` is the id of an edit that is to be done again, or in another way ("shorter").
 */
export interface EditParams {
  readonly uri: string;
  readonly instruction?: string;
  readonly range?: Range | null;
  readonly lines?: readonly number[] | null;
  readonly position?: Position | null;
  readonly preview?: boolean;
  readonly token?: number | string | null;
  readonly follows?: string | null;
}

/** One change of a proposal: this range becomes this text. */
export interface Hunk {
  readonly range: Range;
  readonly text: string;
}

/** What a model would change in one document of one version. */
export interface EditProposal {
  readonly id: string;
  readonly uri: string;
  readonly version: number;
  readonly hunks: readonly Hunk[];
}

/** What became of foretype.edit; where nothing was changed, `problem` says why. */
export interface EditResult {
  readonly applied: boolean;
  readonly id?: string;
  readonly model?: string;
  readonly proposal?: EditProposal | null;
  readonly problem?: string;
}

/** One $/progress value of an edit: what this range of the text that it was asked of is to be, so far. */
export interface EditPiece {
  readonly range: Range;
  readonly text: string;
}

/** The argument of foretype.conversations; `id` names one, `text` is its new title or what to look for. */
export interface ConversationsParams {
  readonly action: 'list' | 'open' | 'rename' | 'delete' | 'export' | 'search';
  readonly id?: string | null;
  readonly text?: string;
}

/** A row of the list of conversations; times are ISO 8601. */
export interface ConversationInfo {
  readonly id: string;
  readonly title: string;
  readonly updated: string;
  readonly turns: number;
}

/** A row of foretype.models: what a picker shows. */
export interface ModelInfo {
  readonly id: string;
  readonly title: string;
  readonly provider: string;
  readonly roles?: readonly string[];
  readonly context_tokens?: number | null;
  readonly input_price?: number | null;
  readonly output_price?: number | null;
  readonly latency_s?: number | null;
  readonly tokens_per_s?: number | null;
  readonly size_mb?: number | null;
  readonly memory_mb?: number | null;
  readonly is_here?: boolean;
  readonly has_tools?: boolean;
  readonly has_vision?: boolean;
  readonly note?: string;
  readonly problem?: string;
  readonly link?: string;
}

/** foretype.models; `age_s` is how old the remote list is, `is_complete` whether more will come. */
export interface ModelsResult {
  readonly models: readonly ModelInfo[];
  readonly age_s?: number | null;
  readonly is_complete?: boolean;
  readonly problems?: readonly string[];
}

/** The argument of foretype.pull: a local model's id. */
export interface PullParams {
  readonly model: string;
}

/** What became of foretype.pull; where the model is not here, `problem` says why. */
export interface PullResult {
  readonly model: string;
  readonly is_here?: boolean;
  readonly problem?: string;
}

export interface ChatCommandParams {
  readonly action?: 'open' | 'send' | 'stop' | 'go_on';
  readonly uri?: string | null;
  readonly range?: Range | null;
  readonly conversation?: string | null;
  readonly text?: string;
}

export interface ConversationTurn {
  readonly number: number;
  readonly speaker: 'user' | 'assistant';
  readonly text: string;
  readonly reasoning?: string;
  readonly model?: string;
  readonly provider?: string;
  readonly finish?: Finish;
  readonly sent?: readonly ContextItem[];
}

export interface OpenedConversation {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly turns: readonly ConversationTurn[];
}

export interface ModelsParams {
  readonly filter?: string;
  readonly role?: string;
}

export interface SelectModelParams {
  readonly role: string;
  readonly model?: string | null;
}

export interface StatsParams {
  readonly days?: number;
}
