/** The status bar: what Foretype is doing, with which model, and a menu of what can be done about it. */

import * as vscode from 'vscode';

import type { Phase, Server } from './client';
import { isOn, isOnFor, type InlineCompletion } from './inlineCompletion';
import type { Status } from './protocol';

export type Doing =
  | 'installing'
  | 'starting'
  | 'idle'
  | 'thinking'
  | 'offline'
  | 'limited'
  | 'off'
  | 'snoozed'
  | 'failed';

const FACES: Readonly<Record<Doing, { readonly icon: string; readonly words: string }>> = {
  installing: { icon: 'sync~spin', words: 'setting up its server' },
  starting: { icon: 'sync~spin', words: 'starting' },
  idle: { icon: 'edit', words: 'ready' },
  thinking: { icon: 'loading~spin', words: 'thinking' },
  offline: { icon: 'debug-disconnect', words: 'no model can be reached' },
  limited: { icon: 'warning', words: 'a limit of the account or the budget is reached' },
  off: { icon: 'circle-slash', words: 'turned off' },
  snoozed: { icon: 'bell-slash', words: 'snoozed' },
  failed: { icon: 'error', words: 'the server does not run' },
};

/** All that the status is made of. */
export interface Facts {
  readonly phase: Phase;
  readonly isOn: boolean;
  readonly isSnoozed: boolean;
  readonly isThinking: boolean;
  readonly status: Status | undefined;
}

export function doing(facts: Facts): Doing {
  if (facts.phase === 'failed' || facts.phase === 'stopped') {
    return 'failed';
  }
  if (facts.phase !== 'running') {
    return facts.phase;
  }
  if (!facts.isOn || facts.status?.state === 'off') {
    return 'off';
  }
  if (facts.isSnoozed) {
    return 'snoozed';
  }
  if (facts.isThinking) {
    return 'thinking';
  }
  return facts.status?.state ?? 'idle';
}

/** `hf:Qwen/Qwen2.5-Coder-7B-Instruct:fastest` is long; what tells models apart is the middle. */
export function shortName(model: string): string {
  const [, ...rest] = model.split(':');
  return (rest[0] ?? model).split('/').pop() ?? model;
}

export class StatusBar implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('foretype', vscode.StatusBarAlignment.Right, 100);
  private readonly parts: { dispose(): unknown }[];
  private status: Status | undefined;

  constructor(
    private readonly server: Server,
    private readonly completion: InlineCompletion,
  ) {
    this.item.name = 'Foretype';
    this.item.command = 'foretype.showMenu';
    const show = (): void => {
      this.show();
    };
    this.parts = [
      this.item,
      server.onPhase(show),
      server.onStatus((status) => {
        this.status = status;
        this.show();
      }),
      completion.onChange(show),
      vscode.workspace.onDidChangeConfiguration(show),
      vscode.window.onDidChangeActiveTextEditor(show),
    ];
    this.show();
    this.item.show();
  }

  dispose(): void {
    for (const part of this.parts) {
      part.dispose();
    }
  }

  /** Everything that can be done, the likeliest first. */
  async menu(): Promise<void> {
    const picked = await vscode.window.showQuickPick(entries(this.completion), { title: `Foretype: ${this.words()}` });
    if (picked !== undefined) {
      await vscode.commands.executeCommand(picked.command);
    }
  }

  private show(): void {
    const face = FACES[this.doing()];
    const model = this.model();
    this.item.text = `$(${face.icon}) ${model === '' ? 'Foretype' : shortName(model)}`;
    this.item.tooltip = `Foretype: ${this.words()}`;
    this.item.accessibilityInformation = { label: `Foretype, ${this.words()}`, role: 'button' };
    this.item.backgroundColor =
      this.doing() === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
  }

  private doing(): Doing {
    const language = vscode.window.activeTextEditor?.document.languageId;
    return doing({
      phase: this.server.phase,
      isOn: isOn() && (language === undefined || isOnFor(language)),
      isSnoozed: this.completion.snoozedUntil !== undefined,
      isThinking: this.completion.isThinking,
      status: this.status,
    });
  }

  private model(): string {
    return this.server.phase === 'running' ? (this.status?.roles['complete']?.model ?? '') : '';
  }

  private words(): string {
    const said = [FACES[this.doing()].words];
    const problem = this.status?.problem ?? '';
    if (problem !== '') {
      said.push(problem);
    }
    if (this.model() !== '') {
      const { reason } = this.status?.roles['complete'] ?? {};
      said.push(`${this.model()}${reason === undefined || reason === '' ? '' : ` (${reason})`}`);
    }
    if (this.completion.snoozedUntil !== undefined) {
      said.push(`until ${this.completion.snoozedUntil.toLocaleTimeString()}`);
    }
    return said.join(', ');
  }
}

interface Entry extends vscode.QuickPickItem {
  readonly command: string;
}

function entries(completion: InlineCompletion): Entry[] {
  const language = vscode.window.activeTextEditor?.document.languageId;
  const all: (Entry | undefined)[] = [
    isOn()
      ? { label: '$(circle-slash) Turn completions off', command: 'foretype.toggleCompletions' }
      : { label: '$(check) Turn completions on', command: 'foretype.toggleCompletions' },
    language === undefined
      ? undefined
      : {
          label: `${isOnFor(language) ? '$(circle-slash) Turn completions off' : '$(check) Turn completions on'} for ${language}`,
          command: 'foretype.toggleLanguage',
        },
    completion.snoozedUntil === undefined
      ? { label: '$(bell-slash) Snooze…', command: 'foretype.snooze' }
      : { label: '$(bell) End the snooze', command: 'foretype.wake' },
    { label: '$(chip) Choose a model…', command: 'foretype.chooseModel' },
    { label: '$(account) Hugging Face account…', command: 'foretype.account' },
    { label: '$(settings-gear) Settings', command: 'foretype.openSettings' },
    { label: '$(output) Show the log', command: 'foretype.showLog' },
    { label: '$(debug-restart) Restart the server', command: 'foretype.restartServer' },
  ];
  return all.filter((entry) => entry !== undefined);
}
