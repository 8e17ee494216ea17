import { expect, test } from 'vitest';

import { Wishes } from '../src/wishes';

function memory(kept?: unknown) {
  const values = new Map<string, unknown>([['foretype.wishes', kept]]);
  return {
    get: (key: string): any => values.get(key), // eslint-disable-line @typescript-eslint/no-explicit-any -- as VS Code has it
    update: (key: string, value: unknown) => {
      values.set(key, value);
      return Promise.resolve();
    },
  };
}

test('the newest wish comes first, and each once', async () => {
  const wishes = new Wishes(memory());
  await wishes.add('add types');
  await wishes.add(' shorter ');
  await wishes.add('add types');
  expect(wishes.all).toEqual(['add types', 'shorter']);
});

test('few are kept, and none that is a text of its own', async () => {
  const wishes = new Wishes(memory());
  for (let number = 0; number < 40; number += 1) {
    await wishes.add(`wish ${number}`);
  }
  await wishes.add('x'.repeat(501));
  await wishes.add('  ');
  expect(wishes.all).toHaveLength(30);
  expect(wishes.all[0]).toBe('wish 39');
});

test('what somebody else left in the memory is not taken for wishes', () => {
  expect(new Wishes(memory('add types')).all).toEqual([]);
  expect(new Wishes(memory([1, 'a'])).all).toEqual(['a']);
});
