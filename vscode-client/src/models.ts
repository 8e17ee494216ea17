/** Choosing a model for a role, from what the server knows of each. */

import * as vscode from 'vscode';

import type { Server } from './client';
import type { ModelInfo, ModelsResult, PullParams, PullResult, SelectModelParams } from './protocol';

export const ROLES = [
  { role: 'complete', label: 'Completions', description: 'ghost text while you type' },
  { role: 'edit', label: 'Edits', description: 'changes that you ask for' },
  { role: 'chat', label: 'Chat', description: 'answers to questions' },
  { role: 'embed', label: 'Search by meaning', description: 'related code' },
  { role: 'next_edit', label: 'Next edit', description: 'where you will change something next' },
] as const;

export type Role = (typeof ROLES)[number]['role'];

interface Entry extends vscode.QuickPickItem {
  readonly model: ModelInfo;
}

const ASK_AGAIN_MS = 500;
const MOST_QUESTIONS = 60;
const GET: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('cloud-download'), tooltip: 'Download' };

/** No model: what the settings name is used again. */
const FROM_SETTINGS: ModelInfo = {
  id: '',
  title: 'As the settings say',
  provider: '',
  note: 'Forgets what was chosen here before.',
};

export class Models {
  constructor(private readonly server: Server) {}

  async choose(role?: Role): Promise<void> {
    const wanted = role ?? (await askForRole());
    if (wanted === undefined) {
      return;
    }
    const picked = await this.pick(wanted);
    if (picked === undefined) {
      return;
    }
    if (picked.size_mb !== undefined && picked.size_mb !== null && picked.is_here !== true) {
      await this.download(picked);
    }
    const params: SelectModelParams = { role: wanted, model: picked === FROM_SETTINGS ? null : picked.id };
    await this.server.command('foretype.select_model', params);
  }

  /** The list is shown at once, and filled as far and as soon as the server knows the models. */
  private async pick(role: Role): Promise<ModelInfo | undefined> {
    const list = vscode.window.createQuickPick<Entry>();
    list.title = `Model for ${ROLES.find((row) => row.role === role)?.label.toLowerCase() ?? role}`;
    list.matchOnDescription = true;
    list.matchOnDetail = true;
    list.busy = true;
    list.show();
    try {
      const chosen = new Promise<ModelInfo | undefined>((resolve) => {
        list.onDidAccept(() => {
          resolve(list.selectedItems[0]?.model);
        });
        list.onDidTriggerItemButton(({ item }) => {
          resolve(item.model);
        });
        list.onDidHide(() => {
          resolve(undefined);
        });
      });
      await this.fill(list, role, chosen);
      return await chosen;
    } finally {
      list.dispose();
    }
  }

  private async fill(list: vscode.QuickPick<Entry>, role: Role, chosen: Promise<unknown>): Promise<void> {
    const closed = chosen.then(() => true);
    let isOver = false;
    for (let asked = 0; !isOver && asked < MOST_QUESTIONS; asked += 1) {
      const { models, problems, is_complete: isComplete } = await this.server.command<ModelsResult>('foretype.models');
      refresh(list, [...models.filter((model) => serves(model, role)), FROM_SETTINGS].map(entry));
      list.placeholder = problems?.join('; ') ?? '';
      isOver = isComplete !== false || (await Promise.race([closed, pause(ASK_AGAIN_MS)]));
    }
    list.busy = false;
  }

  private async download(model: ModelInfo): Promise<void> {
    // The server reports its progress itself, with a way to cancel.
    const params: PullParams = { model: model.id };
    const result = await this.server.command<PullResult>('foretype.pull', params);
    if (result.is_here !== true) {
      throw new Error(result.problem ?? `${model.title} is not here.`);
    }
  }
}

/** The row that the user is on stays it, unless they have begun to type: then VS Code finds the best one. */
function refresh(list: vscode.QuickPick<Entry>, entries: readonly Entry[]): void {
  if (JSON.stringify(entries) === JSON.stringify(list.items)) {
    return;
  }
  const on = list.activeItems[0]?.model.id;
  list.items = entries;
  const same = entries.filter(({ model }) => model.id === on);
  if (list.value === '' && same.length > 0) {
    list.activeItems = same;
  }
}

function pause(forMs: number): Promise<false> {
  return new Promise((resolve) => {
    setTimeout(() => {
      resolve(false);
    }, forMs);
  });
}

async function askForRole(): Promise<Role | undefined> {
  return (await vscode.window.showQuickPick(ROLES, { placeHolder: 'A model for what?' }))?.role;
}

function serves(model: ModelInfo, role: Role): boolean {
  return model.roles === undefined || model.roles.length === 0 || model.roles.includes(role);
}

function entry(model: ModelInfo): Entry {
  return {
    label: model.title,
    description: model.id,
    detail: facts(model).join(' · '),
    buttons: model.is_here === true || !isNumber(model.size_mb) ? [] : [GET],
    model,
  };
}

/** What tells one model from another, as far as it is known. */
export function facts(model: ModelInfo): string[] {
  const found = [model.provider];
  if (isNumber(model.input_price) && isNumber(model.output_price)) {
    found.push(`${dollars(model.input_price)} / ${dollars(model.output_price)} per million tokens`);
  }
  if (isNumber(model.context_tokens)) {
    found.push(`${Math.round(model.context_tokens / 1024)}k context`);
  }
  if (isNumber(model.latency_s)) {
    found.push(`first word after ${model.latency_s.toFixed(1)} s`);
  }
  if (isNumber(model.size_mb)) {
    found.push(`${(model.size_mb / 1024).toFixed(1)} GB${model.is_here === true ? ', on this machine' : ' to download'}`);
  }
  return [...found, model.note ?? '', model.problem ?? ''].filter((fact) => fact !== '');
}

function dollars(price: number): string {
  return `$${Number(price.toPrecision(3))}`;
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
