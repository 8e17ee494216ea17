/** `@foretype` in VS Code's own chat: the same answers as in our view. */

import * as vscode from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';

import { looking } from './chatView';
import type { Server } from './client';
import { CHAT, type ChatParams, type ChatPiece, type ChatResult } from './protocol';
import { SafeLines } from './safeLines';

const ID = 'foretype.participant';

export class Participant {
  private readonly participant: vscode.ChatParticipant;
  private number = 0;

  constructor(
    private readonly server: Server,
    extension: vscode.Uri,
  ) {
    this.participant = vscode.chat.createChatParticipant(ID, (request, context, response, token) =>
      this.answer(request, context, response, token),
    );
    this.participant.iconPath = vscode.Uri.joinPath(extension, 'media', 'chat.svg');
  }

  dispose(): void {
    this.participant.dispose();
  }

  private async answer(
    request: vscode.ChatRequest,
    context: vscode.ChatContext,
    response: vscode.ChatResponseStream,
    cancel: vscode.CancellationToken,
  ): Promise<vscode.ChatResult> {
    this.number += 1;
    const token = `foretype-participant-${this.number}`;
    const lines = new SafeLines();
    const listening = this.server.listen(new ProgressType<ChatPiece>(), token, ({ kind, text = '' }) => {
      if (kind === 'text') {
        response.markdown(lines.feed(text));
      } else if (kind === 'note' || kind === 'tool') {
        response.progress(text);
      }
    });
    try {
      const conversation = conversationOf(context);
      const params: ChatParams = { text: request.prompt, conversation, ...looking(), partialResultToken: token };
      const result = await this.server.request<ChatResult>(CHAT, params, cancel);
      response.markdown(lines.end());
      const metadata = { conversation: result.conversation };
      const isBroken = result.problem !== undefined && result.problem !== '';
      return isBroken ? { metadata, errorDetails: { message: result.problem } } : { metadata };
    } finally {
      listening.dispose();
    }
  }
}

/** The conversation of ours that the last answer belongs to. */
function conversationOf(context: vscode.ChatContext): string | null {
  const last = context.history.findLast((turn) => turn instanceof vscode.ChatResponseTurn);
  const known: unknown = last?.result.metadata?.['conversation'];
  return typeof known === 'string' ? known : null;
}
