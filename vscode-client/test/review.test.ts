import { expect, test } from 'vitest';

import type { Hunk } from '../src/protocol';
import { Review } from '../src/review';

const TEXT = 'one\r\ntwo\nthree\nfour\n';

function hunk(line: number, from: number, to: number, text: string): Hunk {
  return { range: { start: { line, character: from }, end: { line, character: to } }, text };
}

const HUNKS = [hunk(0, 0, 3, 'ONE\nAND A HALF'), hunk(2, 0, 5, 'THREE'), hunk(4, 0, 0, 'five\n')];

test('every change is shown until it is refused', () => {
  const review = new Review(TEXT, HUNKS);
  expect(review.text).toBe('ONE\nAND A HALF\r\ntwo\nTHREE\nfour\nfive\n');
  expect(review.linesOf('open')).toEqual([0, 3, 5]);
  review.decide(0, 'refused');
  expect(review.text).toBe('one\r\ntwo\nTHREE\nfour\nfive\n');
  expect(review.linesOf('open')).toEqual([2, 4]);
});

test('only what was taken is applied, once all is decided', () => {
  const review = new Review(TEXT, HUNKS);
  review.decide(0, 'refused');
  review.decide(1, 'taken');
  expect(review.isDecided).toBe(false);
  review.decideOpen('taken');
  expect(review.isDecided).toBe(true);
  expect(review.taken).toEqual([HUNKS[1], HUNKS[2]]);
});

test('the change at the cursor is the one that begins above it and is still open', () => {
  const review = new Review(TEXT, HUNKS);
  expect(review.openAt(1)).toBe(0);
  expect(review.openAt(4)).toBe(1);
  review.decide(0, 'taken');
  expect(review.openAt(1)).toBe(1);
  review.decideOpen('refused');
  expect(review.openAt(1)).toBeUndefined();
  expect(review.text).toBe(TEXT.replace('one', 'ONE\nAND A HALF'));
});

test('a change that is not there cannot be decided', () => {
  const review = new Review(TEXT, []);
  review.decide(0, 'taken');
  expect(review.taken).toEqual([]);
  expect(review.isDecided).toBe(true);
});
