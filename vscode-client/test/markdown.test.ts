import { expect, test } from 'vitest';

import { blocksOf, spansOf, type Block } from '../src/markdown';

test('the kinds that a model writes are told apart', () => {
  const blocks = blocksOf('# Title\n\nSome *very* **bold** `code`\nhere\n\n- one\n- two\n\n1. first\n\n> said\n\n---\n');
  expect(blocks.map((block) => block.kind)).toEqual(['heading', 'paragraph', 'list', 'list', 'quote', 'rule']);
  expect(blocks[1]).toEqual({
    kind: 'paragraph',
    spans: [
      { kind: 'text', text: 'Some ' },
      { kind: 'em', spans: [{ kind: 'text', text: 'very' }] },
      { kind: 'text', text: ' ' },
      { kind: 'strong', spans: [{ kind: 'text', text: 'bold' }] },
      { kind: 'text', text: ' ' },
      { kind: 'code', text: 'code' },
      { kind: 'text', text: '\nhere' },
    ],
  });
});

test('code is kept as it is, also while its end has not come', () => {
  const text = 'def f():\n    return "*a*"\n\n# b';
  expect(blocksOf(`\`\`\`python\n${text}\n\`\`\`\nafter`)).toEqual([
    { kind: 'code', language: 'python', text },
    { kind: 'paragraph', spans: [{ kind: 'text', text: 'after' }] },
  ]);
  expect(blocksOf(`~~~~py\n${text}`)).toEqual([{ kind: 'code', language: 'py', text }]);
});

test.each([
  ['![secret](https://elsewhere.example/?q=1)', '[image: secret]'],
  ['[click](https://elsewhere.example)', 'click (https://elsewhere.example)'],
  ['[click](command:workbench.action.quit)', 'click (command:workbench.action.quit)'],
  ['<img src=x onerror=alert(1)>', '<img src=x onerror=alert(1)>'],
  ['<https://elsewhere.example>', '<https://elsewhere.example>'],
  ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
])('%s is drawn as words', (written, drawn) => {
  expect(spansOf(written)).toEqual([{ kind: 'text', text: drawn }]);
});

test('what the server has escaped is drawn as it was written', () => {
  const spans = spansOf('see [here\\]\\(`https://elsewhere.example`) \\*so\\*');
  expect(spans.map((span) => ('text' in span ? span.text : span.kind)).join('')).toBe('see [here](https://elsewhere.example) *so*');
});

test('no Markdown makes a tree that is deep or slow', () => {
  const hostile = [`${'>'.repeat(5000)} a`, '*'.repeat(5000), '**a'.repeat(2000), '['.repeat(5000), '`'.repeat(5001)];
  for (const markdown of hostile) {
    expect(depthOf(blocksOf(markdown))).toBeLessThan(12);
  }
});

function depthOf(blocks: readonly Block[]): number {
  return Math.max(0, ...blocks.map((block) => (block.kind === 'quote' ? 1 + depthOf(block.blocks) : 1)));
}
