import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { InlineCompletionTriggerKind } from 'vscode';

import { InlineCompletion, toggle, toggleLanguage } from '../src/inlineCompletion';
import { executed, settings } from './vscode';

const { Automatic, Invoke } = InlineCompletionTriggerKind;
const MINUTE_MS = 60_000;
let completion: InlineCompletion;

beforeEach(() => {
  vi.useFakeTimers();
  settings.clear();
  executed.length = 0;
  completion = new InlineCompletion();
});

afterEach(() => {
  completion.dispose();
  vi.useRealTimers();
});

test('completions are on until they are turned off', async () => {
  expect(completion.mayAsk('python', Automatic)).toBe(true);
  await toggle();
  expect(completion.mayAsk('python', Automatic)).toBe(false);
  expect(completion.mayAsk('python', Invoke)).toBe(false);
  await toggle();
  expect(completion.mayAsk('python', Automatic)).toBe(true);
});

test('one language is turned off, and the others stay as they were', async () => {
  settings.set('foretype.complete.languages', { globalValue: { markdown: false } });
  await toggleLanguage('python');
  expect(completion.mayAsk('python', Automatic)).toBe(false);
  expect(completion.mayAsk('markdown', Automatic)).toBe(false);
  expect(completion.mayAsk('rust', Automatic)).toBe(true);
  await toggleLanguage('markdown');
  const written = settings.get('foretype.complete.languages')?.globalValue;
  expect(written).toEqual({ markdown: true, python: false });
});

test('a snooze ends by itself, and asking by hand works meanwhile', () => {
  completion.snooze(5);
  expect(executed).toEqual(['editor.action.inlineSuggest.hide']);
  expect(completion.mayAsk('python', Automatic)).toBe(false);
  expect(completion.mayAsk('python', Invoke)).toBe(true);
  vi.advanceTimersByTime(5 * MINUTE_MS);
  expect(completion.mayAsk('python', Automatic)).toBe(true);
});

test('a longer snooze replaces a shorter one, and is ended by hand', () => {
  completion.snooze(5);
  completion.snooze(30);
  vi.advanceTimersByTime(6 * MINUTE_MS);
  expect(completion.mayAsk('python', Automatic)).toBe(false);
  completion.wake();
  expect(completion.mayAsk('python', Automatic)).toBe(true);
});
