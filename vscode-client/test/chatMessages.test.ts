import { expect, test } from 'vitest';

import { fromPage, isImage } from '../src/chatMessages';
import { chatPage } from '../src/chatPage';

const PNG = 'data:image/png;base64,iVBORw0KGgo=';

test.each([
  [{ kind: 'stop', more: 1 }, { kind: 'stop' }],
  [{ kind: 'insert', text: 'x' }, { kind: 'insert', text: 'x' }],
  [{ kind: 'open', id: 'c1' }, { kind: 'open', id: 'c1' }],
  [{ kind: 'send', text: 'hello', images: [PNG, 'https://elsewhere.example/a.png', 3] }, { kind: 'send', text: 'hello', images: [PNG] }],
])('%j is understood', (said, understood) => {
  expect(fromPage(said)).toEqual(understood);
});

test.each([undefined, null, 'stop', {}, { kind: 'run', text: 'x' }, { kind: 'copy' }, { kind: 'send', text: 'x' }, { kind: 'open', id: 1 }])(
  '%j is dropped',
  (said) => {
    expect(fromPage(said)).toBeUndefined();
  },
);

test('an image is data, and not too large', () => {
  expect(isImage('data:image/svg+xml;base64,AAAA')).toBe(false);
  expect(isImage(`data:image/png;base64,${'A'.repeat(8_000_001)}`)).toBe(false);
});

test('the page loads nothing from elsewhere and runs one script', () => {
  const page = chatPage({ script: 'vscode:/chat.js', style: 'vscode:/chat.css', origin: 'vscode:', nonce: 'n0nce' });
  expect(page).toContain(`default-src 'none'; style-src vscode:; img-src data:; script-src 'nonce-n0nce'`);
  expect(page.match(/<script/g)).toEqual(['<script']);
  expect(page).not.toMatch(/https?:|style="| on\w+="|unsafe/);
});
