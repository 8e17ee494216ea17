import { expect, test } from 'vitest';

import { SafeLines } from '../src/safeLines';

test('what could load or lead somewhere is words, also where it comes in pieces', () => {
  const lines = new SafeLines();
  const drawn = ['a !', '[x](https://elsewhere', '.example)\n<im', 'g src=x>'].map((piece) => lines.feed(piece)).join('') + lines.end();
  expect(drawn).toBe('a ![x]\u2060(https://elsewhere.example)\n<\u2060img src=x>');
});

test('code stays as it is', () => {
  const code = '```ts\nconst a: string[] = b<c>[0];\n```\n';
  const lines = new SafeLines();
  expect(lines.feed(code) + lines.feed('[a]: x\n')).toBe(`${code}[a]\u2060: x\n`);
});
