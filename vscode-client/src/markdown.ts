/**
 * A model's Markdown as a tree that can be drawn without trusting it.
 *
 * The tree has no node that loads, links or runs anything: HTML is text, a link is its words and its
 * address as text, an image is its description. What is drawn is drawn by textContent alone.
 */

export type Span =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em'; readonly spans: readonly Span[] };

export type Block =
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly (readonly Span[])[] }
  | { readonly kind: 'rule' };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const DEEPEST = 8;
const INLINE =
  /\\(?<escaped>[!-/:-@[-`{-~])|(`+)(?<code>[^`]|[^`].*?[^`])\2(?!`)|\*\*(?<strong>\S(?:.*?\S)?)\*\*|(?<![\w*])[*_](?<em>[^\s*_](?:[^*_]*[^\s*_])?)[*_](?![\w*])|(?<image>!?)\[(?<words>[^\]]*)\]\((?<address>[^()\s]*)[^)]*\)/;

export function blocksOf(markdown: string, depth = 0): Block[] {
  const lines = markdown.split(/\r\n|\r|\n/);
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const isBlank = lines[at]?.trim() === '';
    const [block, next] = isBlank ? [undefined, at + 1] : blockAt(lines, at, depth);
    if (block !== undefined) {
      blocks.push(block);
    }
    at = next;
  }
  return blocks;
}

function blockAt(lines: readonly string[], at: number, depth: number): [Block, number] {
  const line = lines[at] ?? '';
  const fence = FENCE.exec(line);
  if (fence !== null) {
    const [, marks = '', language = ''] = fence;
    return fenced(lines, at, marks, language);
  }
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const [, marks = '#', words = ''] = heading;
    return [{ kind: 'heading', level: marks.length, spans: spansOf(words) }, at + 1];
  }
  if (RULE.test(line)) {
    return [{ kind: 'rule' }, at + 1];
  }
  if (QUOTE.test(line) && depth < DEEPEST) {
    return quote(lines, at, depth);
  }
  return ITEM.test(line) ? list(lines, at) : paragraph(lines, at);
}

/** Code up to the closing fence; an answer that is still being written has none yet. */
function fenced(lines: readonly string[], at: number, fence: string, language: string): [Block, number] {
  const closing = new RegExp(`^ {0,3}${fence[0] ?? '`'}{${fence.length},}\\s*$`);
  const code = run(lines, at + 1, (line) => !closing.test(line));
  return [{ kind: 'code', language, text: code.join('\n') }, at + code.length + 2];
}

function quote(lines: readonly string[], at: number, depth: number): [Block, number] {
  const quoted = run(lines, at, (each) => QUOTE.test(each));
  const inner = quoted.map((each) => QUOTE.exec(each)?.[1] ?? '').join('\n');
  return [{ kind: 'quote', blocks: blocksOf(inner, depth + 1) }, at + quoted.length];
}

function list(lines: readonly string[], at: number): [Block, number] {
  const rows = run(lines, at, (line) => ITEM.test(line) || (/^\s+\S/.test(line) && !FENCE.test(line)));
  const items: string[] = [];
  for (const row of rows) {
    const item = ITEM.exec(row);
    if (item === null) {
      items.push(`${items.pop() ?? ''} ${row.trim()}`);
    } else {
      items.push(item[2] ?? '');
    }
  }
  const isOrdered = ITEM.exec(lines[at] ?? '')?.[1] !== undefined;
  return [{ kind: 'list', isOrdered, items: items.map((item) => spansOf(item)) }, at + rows.length];
}

function paragraph(lines: readonly string[], at: number): [Block, number] {
  const first = lines[at] ?? '';
  const more = run(lines, at + 1, (line) => line.trim() !== '' && ![FENCE, HEADING, ITEM, QUOTE, RULE].some((kind) => kind.test(line)));
  return [{ kind: 'paragraph', spans: spansOf([first, ...more].join('\n')) }, at + 1 + more.length];
}

function run(lines: readonly string[], from: number, isIn: (line: string) => boolean): string[] {
  const end = lines.findIndex((line, index) => index >= from && !isIn(line));
  return lines.slice(from, end === -1 ? lines.length : end);
}

export function spansOf(text: string, depth = 0): Span[] {
  const spans: Span[] = [];
  let rest = text;
  while (rest !== '') {
    const found = depth < DEEPEST ? INLINE.exec(rest) : null;
    if (found?.groups === undefined) {
      break;
    }
    if (found.index > 0) {
      spans.push({ kind: 'text', text: rest.slice(0, found.index) });
    }
    spans.push(spanOf(found.groups, depth));
    rest = rest.slice(found.index + found[0].length);
  }
  return rest === '' ? spans : [...spans, { kind: 'text', text: rest }];
}

function spanOf(groups: Readonly<Record<string, string | undefined>>, depth: number): Span {
  if (groups['escaped'] !== undefined) {
    return { kind: 'text', text: groups['escaped'] };
  }
  if (groups['code'] !== undefined) {
    return { kind: 'code', text: groups['code'] };
  }
  if (groups['strong'] !== undefined) {
    return { kind: 'strong', spans: spansOf(groups['strong'], depth + 1) };
  }
  if (groups['em'] !== undefined) {
    return { kind: 'em', spans: spansOf(groups['em'], depth + 1) };
  }
  const [words, address] = [groups['words'] ?? '', groups['address'] ?? ''];
  if (groups['image'] === '!') {
    return { kind: 'text', text: `[image: ${words}]` };
  }
  return { kind: 'text', text: address === '' || address === words ? words : `${words} (${address})` };
}
