/** Foretype's chat model for VS Code's own chat, and for extensions that the user lets use it. */

import * as vscode from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';

import type { Server } from './client';
import {
  CHAT,
  type ChatParams,
  type ChatPiece,
  type ChatResult,
  type ConversationsParams,
} from './protocol';
import { shortName } from './status';

const VENDOR = 'foretype';
const UNKNOWN_CONTEXT = 8192;
const LONGEST_ANSWER = 4096;
const CHARACTERS_PER_TOKEN = 4;

export class LanguageModels implements vscode.LanguageModelChatProvider {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly parts: { dispose(): unknown }[];
  private model = '';
  private number = 0;

  readonly onDidChangeLanguageModelChatInformation = this.changed.event;

  constructor(private readonly server: Server) {
    this.parts = [
      this.changed,
      vscode.lm.registerLanguageModelChatProvider(VENDOR, this),
      server.onStatus((status) => {
        const model = status.roles['chat']?.model ?? '';
        if (model !== this.model) {
          this.model = model;
          this.changed.fire();
        }
      }),
    ];
  }

  dispose(): void {
    for (const part of this.parts) {
      part.dispose();
    }
  }

  /** The model that answers in our own chat: VS Code asks often, so nobody is asked for a longer list. */
  provideLanguageModelChatInformation(): vscode.LanguageModelChatInformation[] {
    if (this.model === '') {
      return [];
    }
    const name = shortName(this.model);
    const limits = { maxInputTokens: UNKNOWN_CONTEXT, maxOutputTokens: LONGEST_ANSWER };
    return [{ id: this.model, name, family: name, version: '1', tooltip: this.model, ...limits, capabilities: {} }];
  }

  async provideLanguageModelChatResponse(
    model: vscode.LanguageModelChatInformation,
    messages: readonly vscode.LanguageModelChatRequestMessage[],
    _options: vscode.ProvideLanguageModelChatResponseOptions,
    progress: vscode.Progress<vscode.LanguageModelResponsePart>,
    cancel: vscode.CancellationToken,
  ): Promise<void> {
    this.number += 1;
    const token = `foretype-lm-${this.number}`;
    const listening = this.server.listen(new ProgressType<ChatPiece>(), token, ({ kind, text = '' }) => {
      if (kind === 'text' && text !== '') {
        progress.report(new vscode.LanguageModelTextPart(text));
      }
    });
    try {
      const params: ChatParams = { text: asOneText(messages), model: model.id, partialResultToken: token };
      const result = await this.server.request<ChatResult>(CHAT, params, cancel);
      const forget: ConversationsParams = { action: 'delete', id: result.conversation };
      await this.server.command('foretype.conversations', forget); // whoever asked keeps it themselves
      if (result.problem !== undefined && result.problem !== '') {
        throw new Error(result.problem);
      }
    } finally {
      listening.dispose();
    }
  }

  provideTokenCount(_model: unknown, text: string | vscode.LanguageModelChatRequestMessage): Promise<number> {
    const words = typeof text === 'string' ? text : wordsOf(text);
    return Promise.resolve(Math.ceil(words.length / CHARACTERS_PER_TOKEN));
  }
}

/** A conversation of somebody else's; what they wrote names none of the user's files. */
function asOneText(messages: readonly vscode.LanguageModelChatRequestMessage[]): string {
  const turns = messages.map((message) => {
    const speaker = message.role === vscode.LanguageModelChatMessageRole.User ? 'User' : 'Assistant';
    return `${speaker}: ${wordsOf(message)}`;
  });
  return turns.join('\n\n').replace(/@(?=\w)/g, '@\u2060');
}

function wordsOf(message: vscode.LanguageModelChatRequestMessage): string {
  return message.content.map((part) => (part instanceof vscode.LanguageModelTextPart ? part.value : '')).join('');
}
