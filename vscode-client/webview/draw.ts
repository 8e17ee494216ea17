/** Draws a tree of Markdown; every word goes in as text, so nothing in it can be markup. */

import type { Block, Row, Span } from '../src/markdown';

/** What can be done with a piece of code. */
export type OnCode = (act: 'copy' | 'insert' | 'apply', code: string) => void;

const CODE_ACTS = [
  ['copy', 'Copy'],
  ['insert', 'Insert at Cursor'],
  ['apply', 'Apply…'],
] as const;

/** Draws what differs from what was drawn before, so that the focus and a selection stay where they are. */
export function redraw(into: HTMLElement, blocks: readonly Block[], onCode: OnCode): void {
  blocks.forEach((block, index) => {
    const digest = JSON.stringify(block);
    const old = into.children.item(index);
    if (old instanceof HTMLElement && old.dataset['of'] === digest) {
      return;
    }
    const drawn = blockElement(block, onCode);
    drawn.dataset['of'] = digest;
    if (old === null) {
      into.append(drawn);
    } else {
      old.replaceWith(drawn);
    }
  });
  while (into.children.length > blocks.length) {
    into.lastElementChild?.remove();
  }
}

export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  ...content: readonly (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  made.append(...content);
  return made;
}

export function button(words: string, act: () => void): HTMLButtonElement {
  const made = element('button', words);
  made.type = 'button';
  made.addEventListener('click', act);
  return made;
}

function blockElement(block: Block, onCode: OnCode): HTMLElement {
  switch (block.kind) {
    case 'paragraph':
      return element('p', ...block.spans.map(spanNode));
    case 'heading':
      return element(`h${Math.min(block.level + 2, 6)}` as 'h3', ...block.spans.map(spanNode));
    case 'code':
      return codeElement(block.text, block.language, onCode);
    case 'quote':
      return element('blockquote', ...block.blocks.map((each) => blockElement(each, onCode)));
    case 'list':
      return listElement(block, onCode);
    case 'table':
      return tableElement(block);
    case 'rule':
      return element('hr');
  }
}

function listElement(block: Extract<Block, { kind: 'list' }>, onCode: OnCode): HTMLElement {
  const items = block.items.map((item) => element('li', ...item.map((each) => blockElement(each, onCode))));
  if (!block.isOrdered) {
    return element('ul', ...items);
  }
  const list = element('ol', ...items);
  list.start = block.start;
  return list;
}

function tableElement({ sides, head, rows }: Extract<Block, { kind: 'table' }>): HTMLElement {
  const row = (name: 'th' | 'td', cells: Row): HTMLElement =>
    element('tr', ...cells.map((spans, column) => {
      const cell = element(name, ...spans.map(spanNode));
      cell.className = sides[column] ?? 'left';
      return cell;
    }));
  const table = element('table', element('thead', row('th', head)), element('tbody', ...rows.map((cells) => row('td', cells))));
  const frame = element('div', table);
  frame.className = 'table';
  frame.tabIndex = 0; // one that is wider than the view is scrolled by keys
  return frame;
}

function codeElement(text: string, language: string, onCode: OnCode): HTMLElement {
  const acts = CODE_ACTS.map(([act, words]) =>
    button(words, () => {
      onCode(act, text);
    }),
  );
  const code = element('pre', element('code', text));
  code.tabIndex = 0;
  const figure = element('figure', element('figcaption', element('span', language), ...acts), code);
  figure.setAttribute('aria-label', language === '' ? 'Code' : `Code, ${language}`);
  return figure;
}

function spanNode(span: Span): Node {
  switch (span.kind) {
    case 'text':
      return document.createTextNode(span.text);
    case 'code':
      return element('code', span.text);
    case 'strong':
    case 'em':
      return element(span.kind, ...span.spans.map(spanNode));
  }
}
