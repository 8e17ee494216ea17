/** What the user has asked for before, the newest first: few, short, and each once. */

import type { Memento } from 'vscode';

const KEY = 'foretype.wishes';
const MOST = 30;
const LONGEST = 500;

export class Wishes {
  constructor(private readonly memory: Pick<Memento, 'get' | 'update'>) {}

  get all(): readonly string[] {
    const kept = this.memory.get<unknown>(KEY);
    return Array.isArray(kept) ? kept.filter((wish) => typeof wish === 'string').slice(0, MOST) : [];
  }

  async add(wish: string): Promise<void> {
    const said = wish.trim();
    if (said !== '' && said.length <= LONGEST) {
      await this.memory.update(KEY, [said, ...this.all.filter((each) => each !== said)].slice(0, MOST));
    }
  }
}
