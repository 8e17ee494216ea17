/** Ghost text: when it is asked for, and how it is turned off for a while, a language or altogether. */

import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

import { SECTION } from './configuration';

type Provide = NonNullable<Middleware['provideInlineCompletionItems']>;

const MINUTE_MS = 60_000;
const SNOOZES_MIN = [5, 15, 30, 60];

export class InlineCompletion implements vscode.Disposable {
  private wakesAt: number | undefined;
  private alarm: NodeJS.Timeout | undefined;
  private waiting = 0;
  private accepted = 0;
  private readonly changed = new vscode.EventEmitter<void>();

  /** Something that the status shows has changed. */
  readonly onChange = this.changed.event;

  /** Every request passes here on its way to the server. */
  readonly provide: Provide = async (document, position, context, token, next) => {
    if (!this.mayAsk(document.languageId, context.triggerKind)) {
      return null;
    }
    this.wait(1);
    try {
      return await next(document, position, context, token);
    } finally {
      this.wait(-1);
    }
  };

  /** The user took a suggestion: its command passes here on its way to the server. */
  noteAccepted(): void {
    this.accepted += 1;
    this.changed.fire();
  }

  get isThinking(): boolean {
    return this.waiting > 0;
  }

  get acceptedCount(): number {
    return this.accepted;
  }

  get snoozedUntil(): Date | undefined {
    return this.wakesAt === undefined ? undefined : new Date(this.wakesAt);
  }

  /** Asking by hand works while snoozed, and not where it is turned off. */
  mayAsk(language: string, trigger: vscode.InlineCompletionTriggerKind): boolean {
    const byHand = trigger === vscode.InlineCompletionTriggerKind.Invoke;
    return isOn() && isOnFor(language) && (byHand || this.wakesAt === undefined);
  }

  snooze(minutes: number): void {
    clearTimeout(this.alarm);
    this.wakesAt = Date.now() + minutes * MINUTE_MS;
    this.alarm = setTimeout(() => {
      this.wake();
    }, minutes * MINUTE_MS);
    void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    this.changed.fire();
  }

  wake(): void {
    clearTimeout(this.alarm);
    this.wakesAt = undefined;
    this.changed.fire();
  }

  async askForSnooze(): Promise<void> {
    const choices = SNOOZES_MIN.map((minutes) => ({ label: `${minutes} minutes`, minutes }));
    const picked = await vscode.window.showQuickPick(choices, { placeHolder: 'No suggestions for…' });
    if (picked !== undefined) {
      this.snooze(picked.minutes);
    }
  }

  dispose(): void {
    clearTimeout(this.alarm);
    this.changed.dispose();
  }

  private wait(change: number): void {
    this.waiting += change;
    this.changed.fire();
  }
}

export function isOn(): boolean {
  return vscode.workspace.getConfiguration(SECTION).get('complete.enabled', true);
}

export function isOnFor(language: string): boolean {
  return languages()[language] ?? true;
}

export async function toggle(): Promise<void> {
  await write('complete.enabled', !isOn());
}

export async function toggleLanguage(language: string): Promise<void> {
  await write('complete.languages', { ...languages(), [language]: !isOnFor(language) });
}

function languages(): Record<string, boolean> {
  return vscode.workspace.getConfiguration(SECTION).get<Record<string, boolean>>('complete.languages', {});
}

async function write(key: string, value: unknown): Promise<void> {
  await vscode.workspace.getConfiguration(SECTION).update(key, value, vscode.ConfigurationTarget.Global);
}
