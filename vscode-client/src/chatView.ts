/** The chat beside the editor: the page asks, the server answers, and the code goes where the user says. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';

import { fromPage, type FromPage, type ToPage } from './chatMessages';
import { chatPage } from './chatPage';
import type { Server } from './client';
import type { Edits } from './edits';
import type { Models } from './models';
import {
  CHAT,
  type ChatParams,
  type ChatPiece,
  type ChatResult,
  type ConversationInfo,
  type ConversationsParams,
  type EditProposal,
  type OpenedConversation,
} from './protocol';
import { shortName } from './status';

export const VIEW = 'foretype.chatView';

export class ChatView implements vscode.WebviewViewProvider {
  private page: vscode.Webview | undefined;
  private conversation: string | undefined;
  private answering: vscode.CancellationTokenSource | undefined;
  private model = '';
  private number = 0;
  private waiting: ToPage[] = [];
  private readonly proposals = new Map<string, EditProposal>();
  private readonly parts: { dispose(): unknown }[];

  constructor(
    private readonly extension: vscode.Uri,
    private readonly server: Server,
    private readonly edits: Edits,
    private readonly models: Models,
  ) {
    this.parts = [
      vscode.window.registerWebviewViewProvider(VIEW, this, { webviewOptions: { retainContextWhenHidden: true } }),
      server.onStatus((status) => {
        this.model = status.roles['chat']?.model ?? '';
        this.tell({ kind: 'model', name: shortName(this.model) });
      }),
    ];
  }

  dispose(): void {
    this.stop();
    for (const part of this.parts) {
      part.dispose();
    }
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const page = view.webview;
    const at = (...names: string[]): string => page.asWebviewUri(vscode.Uri.joinPath(this.extension, ...names)).toString();
    page.options = {
      enableScripts: true,
      localResourceRoots: [vscode.Uri.joinPath(this.extension, 'dist'), vscode.Uri.joinPath(this.extension, 'media')],
    };
    page.html = chatPage({
      script: at('dist', 'chat.js'),
      style: at('media', 'chat.css'),
      origin: page.cspSource,
      nonce: randomBytes(16).toString('base64url'),
    });
    page.onDidReceiveMessage((said: unknown) => {
      const message = fromPage(said);
      if (message !== undefined) {
        this.act(message, page).catch((error: unknown) => {
          void vscode.window.showErrorMessage(`Foretype: ${words(error)}`);
        });
      }
    });
    view.onDidDispose(() => {
      this.page = undefined;
      this.stop();
    });
  }

  /** Shows the chat; what is selected is offered to be sent along. */
  async open(): Promise<void> {
    const hasSelection = vscode.window.activeTextEditor?.selection.isEmpty === false;
    await vscode.commands.executeCommand(`${VIEW}.focus`);
    this.tell({ kind: 'mention', text: hasSelection ? '@selection' : '' });
  }

  stop(): void {
    this.answering?.cancel();
  }

  // eslint-disable-next-line complexity -- one line for each thing that the page can ask
  private async act(message: FromPage, page: vscode.Webview): Promise<unknown> {
    switch (message.kind) {
      case 'ready':
        this.greet(page);
        return;
      case 'send':
        return this.answer({ text: message.text, images: message.images });
      case 'goOn':
        return this.answer({ goes_on: true });
      case 'stop':
        this.stop();
        return;
      case 'new':
        this.show(null);
        return;
      case 'history':
        return this.list();
      case 'open':
        this.show(await this.server.command<OpenedConversation>('foretype.conversations', one(message.id)));
        return;
      case 'chooseModel':
        return this.models.choose('chat');
      case 'copy':
        return vscode.env.clipboard.writeText(message.text);
      case 'insert':
        return insert(message.text);
      case 'apply':
        return this.edits.applyCode(message.text);
      case 'review': {
        const proposal = this.proposals.get(message.id);
        return proposal === undefined ? undefined : this.edits.review(proposal);
      }
    }
  }

  /** The page listens: from here on it is told, and first what it has missed. */
  private greet(page: vscode.Webview): void {
    this.page = page;
    this.tell({ kind: 'model', name: shortName(this.model) });
    this.waiting.splice(0).forEach((message) => {
      this.tell(message);
    });
  }

  private tell(message: ToPage): void {
    if (this.page === undefined) {
      if (message.kind === 'mention') {
        this.waiting = [message];
      }
    } else {
      void this.page.postMessage(message);
    }
  }

  private async list(): Promise<void> {
    const params: ConversationsParams = { action: 'list' };
    const conversations = await this.server.command<readonly ConversationInfo[]>('foretype.conversations', params);
    this.tell({ kind: 'listed', conversations });
  }

  private show(conversation: OpenedConversation | null): void {
    this.stop();
    this.conversation = conversation?.id;
    this.proposals.clear();
    this.tell({ kind: 'opened', conversation });
  }

  private async answer(asked: Pick<ChatParams, 'text' | 'images' | 'goes_on'>): Promise<void> {
    if (this.answering !== undefined) {
      return;
    }
    const answering = new vscode.CancellationTokenSource();
    this.answering = answering;
    this.number += 1;
    const token = `foretype-chat-${this.number}`;
    const going = this.conversation;
    this.tell({ kind: 'begun', text: asked.text ?? '', images: asked.images ?? [] });
    let result: Partial<ChatResult> = { finish: 'broken' };
    let listening: vscode.Disposable | undefined;
    try {
      listening = this.server.listen(new ProgressType<ChatPiece>(), token, (piece) => {
        this.hear(piece);
      });
      const params: ChatParams = { ...asked, ...looking(), conversation: going ?? null, partialResultToken: token };
      const said = await this.server.request<ChatResult>(CHAT, params, answering.token);
      this.conversation = this.conversation === going ? said.conversation : this.conversation;
      result = said;
    } catch (error) {
      result = { finish: answering.token.isCancellationRequested ? 'cancelled' : 'broken', problem: words(error) };
    } finally {
      listening?.dispose();
      this.answering = undefined;
      answering.dispose();
      this.tell({ kind: 'ended', result });
    }
  }

  private hear(piece: ChatPiece): void {
    if (piece.edit !== undefined && piece.edit !== null) {
      this.proposals.set(piece.edit.id, piece.edit);
    }
    this.tell({ kind: 'piece', piece });
  }
}

/** What the user is looking at: the server says what of it is sent along. */
export function looking(): Pick<ChatParams, 'uri' | 'range'> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return {};
  }
  const { start, end } = editor.selection;
  return {
    uri: editor.document.uri.toString(),
    range: {
      start: { line: start.line, character: start.character },
      end: { line: end.line, character: end.character },
    },
  };
}

async function insert(text: string): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    throw new Error('open a file to insert the code in.');
  }
  await editor.edit((edit) => {
    edit.replace(editor.selection, text);
  });
  await vscode.window.showTextDocument(editor.document, editor.viewColumn);
}

function one(id: string): ConversationsParams {
  return { action: 'open', id };
}

function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
