import { expect, test } from 'vitest';

import type { Status } from '../src/protocol';
import { doing, shortName, type Facts } from '../src/status';

const READY: Facts = { phase: 'running', isOn: true, isSnoozed: false, isThinking: false, status: undefined };

function said(state: Status['state']): Status {
  return { state, account: { state: 'connected' }, roles: {} };
}

test.each<[Partial<Facts>, string]>([
  [{}, 'idle'],
  [{ phase: 'installing' }, 'installing'],
  [{ phase: 'starting' }, 'starting'],
  [{ phase: 'failed', isOn: false }, 'failed'],
  [{ phase: 'stopped' }, 'failed'],
  [{ isThinking: true }, 'thinking'],
  [{ isSnoozed: true, isThinking: true }, 'snoozed'],
  [{ isOn: false, isSnoozed: true }, 'off'],
  [{ status: said('off') }, 'off'],
  [{ status: said('offline') }, 'offline'],
  [{ status: said('limited') }, 'limited'],
  [{ status: said('limited'), isThinking: true }, 'thinking'],
])('%o is shown as %s', (facts, shown) => {
  expect(doing({ ...READY, ...facts })).toBe(shown);
});

test.each([
  ['hf:Qwen/Qwen2.5-Coder-7B-Instruct:fastest', 'Qwen2.5-Coder-7B-Instruct'],
  ['lab:qwen2.5-coder-1.5b', 'qwen2.5-coder-1.5b'],
  ['builtin:workspace', 'workspace'],
  ['local:owner/repo/file.gguf', 'file.gguf'],
  ['odd', 'odd'],
])('%s is called %s for short', (model, short) => {
  expect(shortName(model)).toBe(short);
});
