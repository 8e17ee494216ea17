import { expect, test } from 'vitest';

import { blocksOf, spansOf, type Block, type Span } from '../src/markdown';

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

test.each([
  ['- one\n  - deeper\n    more\n  - and\n- two', 'list[one list[deeper\nmore; and]; two]'],
  ['1. one\n  - deeper\n\n   apart\n2. two', 'from 1[one list[deeper] apart; two]'],
  ['3) three\n\n4) four', 'from 3[three; four]'],
  ['- one\n  ```py\n  a\n\n  b\n  ```\n- two\n\nafter', 'list[one code; two] after'],
  ['- one\n1. other', 'list[one] from 1[other]'],
])('the list %j has its items in items', (written, drawn) => {
  expect(outline(blocksOf(written))).toBe(drawn);
});

test('a table has as many cells in each row as it has columns', () => {
  const [before, table, after] = blocksOf('before\n| a | `b` | c |\n|---|:-:|--:|\n| 1 | x \\| y |\n| 1 | 2 | 3 | 4 |\n\nafter');
  expect([before?.kind, after?.kind]).toEqual(['paragraph', 'paragraph']);
  if (table?.kind !== 'table') {
    throw new Error('no table');
  }
  expect(table.sides).toEqual(['left', 'center', 'right']);
  expect([table.head, ...table.rows].map((row) => row.map(wordsOf))).toEqual([['a', 'b', 'c'], ['1', 'x | y', ''], ['1', '2', '3']]);
});

test.each(['a | b', 'a | b\n---', '| a | b |\n|---|'])('%j is no table', (written) => {
  expect(blocksOf(written).map((block) => block.kind)).not.toContain('table');
});

test('no Markdown makes a tree that is deep or slow', () => {
  const hostile = [`${'>'.repeat(5000)} a`, `${'- '.repeat(5000)}a`, `|${'---|'.repeat(5000)}`, '*'.repeat(5000), '**a'.repeat(2000), '['.repeat(5000), '`'.repeat(5001)];
  for (const markdown of hostile) {
    expect(depthOf(blocksOf(markdown))).toBeLessThan(12);
  }
});

function depthOf(blocks: readonly Block[]): number {
  return Math.max(0, ...blocks.map((block) => 1 + Math.max(0, ...innerOf(block).map(depthOf))));
}

function innerOf(block: Block): (readonly Block[])[] {
  if (block.kind === 'list') {
    return [...block.items];
  }
  return block.kind === 'quote' ? [block.blocks] : [];
}

/** A tree in one line. */
function outline(blocks: readonly Block[]): string {
  return blocks.map((block) => {
    if (block.kind === 'list') {
      return `${block.isOrdered ? `from ${block.start}` : 'list'}[${block.items.map(outline).join('; ')}]`;
    }
    return 'spans' in block ? wordsOf(block.spans) : block.kind;
  }).join(' ');
}

function wordsOf(spans: readonly Span[]): string {
  return spans.map((span) => ('text' in span ? span.text : wordsOf(span.spans))).join('');
}
