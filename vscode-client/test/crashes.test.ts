import { expect, test } from 'vitest';

import { CrashBudget } from '../src/crashes';

const MINUTE_MS = 60_000;

test('three crashes in a row are mended, the fourth is one too many', () => {
  const budget = new CrashBudget(() => 0);
  expect([1, 2, 3, 4].map(() => budget.mayRestart())).toEqual([true, true, true, false]);
});

test('crashes that are far apart never add up', () => {
  let now = 0;
  const budget = new CrashBudget(() => now);
  for (let crash = 0; crash < 20; crash += 1) {
    expect(budget.mayRestart()).toBe(true);
    now += 2 * MINUTE_MS;
  }
});

test('a restart that the user asked for begins anew', () => {
  const budget = new CrashBudget(() => 0);
  [1, 2, 3].forEach(() => budget.mayRestart());
  budget.forget();
  expect(budget.mayRestart()).toBe(true);
});
