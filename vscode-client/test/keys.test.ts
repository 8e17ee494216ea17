import { beforeEach, describe, expect, test, vi } from 'vitest';
import type * as api from 'vscode';

import type { Server } from '../src/client';
import { Keys } from '../src/keys';
import type { AccountStatus } from '../src/protocol';
import { EventEmitter, answers, inputs, settings, shown } from './vscode';

// The library itself wants all of VS Code, and only its error is used here.
vi.mock('vscode-languageclient/node', () => ({ ResponseError: class extends Error {}, LanguageClient: Object }));

const TOKEN = 'hf_madeUp';
const GOOD: AccountStatus = { state: 'connected', user: 'ada', token: 'hf_…Up' };
const BAD: AccountStatus = { state: 'disconnected', problem: 'Hugging Face does not know this token.' };

let kept: Map<string, string>;
let asked: unknown[];
let says: AccountStatus | Error;
let started: EventEmitter<void>;
let keys: Keys;

beforeEach(() => {
  kept = new Map();
  asked = [];
  says = GOOD;
  shown.length = 0;
  answers.length = 0;
  inputs.length = 0;
  settings.clear();
  started = new EventEmitter<void>();
  const server = {
    onStarted: started.event,
    onStatus: () => undefined,
    request: (_method: string, params: unknown) => {
      asked.push(params);
      return says instanceof Error ? Promise.reject(says) : Promise.resolve(says);
    },
  };
  const secrets = {
    get: (name: string) => Promise.resolve(kept.get(name)),
    store: (name: string, value: string) => Promise.resolve(void kept.set(name, value)),
    delete: (name: string) => Promise.resolve(void kept.delete(name)),
    onDidChange: () => undefined,
  };
  const memory = { get: () => undefined, update: () => Promise.resolve() };
  const log = { warn: () => undefined };
  keys = new Keys(
    server as unknown as Server,
    secrets as unknown as api.SecretStorage,
    memory as unknown as api.Memento,
    log as unknown as api.LogOutputChannel,
  );
});

describe('a token', () => {
  test('that is good is kept, and the user is told whose it is, never what it is', async () => {
    inputs.push(TOKEN);
    await keys.connect();
    expect([...kept.values()]).toEqual([TOKEN]);
    expect(asked).toEqual([{ key: TOKEN }]);
    expect(shown.join()).toContain('ada');
    expect(shown.join()).not.toContain(TOKEN);
  });

  test('that is refused is not kept, and the reason is said', async () => {
    says = BAD;
    inputs.push(TOKEN);
    await keys.connect();
    expect(kept.size).toBe(0);
    expect(shown).toEqual([`Foretype: ${BAD.problem ?? ''}`]);
  });

  test('that is refused leaves the one before it in its place', async () => {
    kept.set('foretype.token', 'hf_before');
    says = BAD;
    inputs.push(TOKEN);
    await keys.connect();
    expect(kept.get('foretype.token')).toBe('hf_before');
    expect(asked).toEqual([{ key: TOKEN }, { key: 'hf_before' }]);
  });

  test('that could not be checked is kept, and that is said', async () => {
    says = new Error('no network');
    inputs.push(TOKEN);
    await keys.connect();
    expect([...kept.values()]).toEqual([TOKEN]);
    expect(shown.join()).toContain('could not check it yet');
  });

  test('is handed to every server that starts', async () => {
    kept.set('foretype.token', TOKEN);
    started.fire();
    started.fire();
    await expect.poll(() => asked).toEqual([{ key: TOKEN }, { key: TOKEN }]);
  });

  test('that there is none of is not handed over', async () => {
    started.fire();
    await Promise.resolve();
    expect(asked).toEqual([]);
  });

  test('in the settings stays there until the user says otherwise', async () => {
    settings.set('foretype.token', { globalValue: TOKEN });
    answers.push('Leave it there');
    await keys.offerToMove();
    expect(kept.size).toBe(0);
    expect(settings.get('foretype.token')).toEqual({ globalValue: TOKEN });
    answers.push('Move it');
    await keys.offerToMove();
    expect([...kept.values()]).toEqual([TOKEN]);
    expect(settings.get('foretype.token')?.globalValue).toBeUndefined();
  });
});
