/**
 * A model's Markdown as a tree that can be drawn without trusting it.
 *
 * The tree has no node that loads, links or runs anything: HTML is text, a link is its words and its
 * address as text, an image is its description. What is drawn is drawn by textContent alone.
 */

export type Span =
  | { readonly kind: 'text' | 'code'; readonly text: string }
  | { readonly kind: 'strong' | 'em'; readonly spans: readonly Span[] };

export type Side = 'left' | 'center' | 'right';
/** A cell is words. */
export type Row = readonly (readonly Span[])[];

export type Block =
  | { readonly kind: 'paragraph'; readonly spans: readonly Span[] }
  | { readonly kind: 'heading'; readonly level: number; readonly spans: readonly Span[] }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly start: number; readonly items: readonly (readonly Block[])[] }
  | { readonly kind: 'table'; readonly sides: readonly Side[]; readonly head: Row; readonly rows: readonly Row[] }
  | { readonly kind: 'rule' };

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w+#.-]*)[^`]*$/;
const HEADING = /^ {0,3}(#{1,6})\s+(.*?)\s*#*$/;
const ITEM = /^\s*(?:[-*+]|(\d{1,9})[.)])\s+(.*)$/;
const QUOTE = /^ {0,3}> ?(.*)$/;
const RULE = /^ {0,3}([-*_])(?:\s*\1){2,}\s*$/;
const OTHERS = [FENCE, HEADING, ITEM, QUOTE, RULE];
const BELOW_HEAD = /^ {0,3}\|?(?:\s*:?-+:?\s*\|)+(?:\s*:?-+:?\s*)?$/;
const DEEPEST = 8;
const LEAST_DEEPER = 2; // models indent by two, whatever the width of the mark
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
  const alone = blockOfOneLine(line);
  if (alone !== undefined) {
    return [alone, at + 1];
  }
  if (QUOTE.test(line) && depth < DEEPEST) {
    return quote(lines, at, depth);
  }
  if (ITEM.test(line) && depth < DEEPEST) {
    return list(lines, at, depth);
  }
  return isTable(lines, at) ? table(lines, at) : paragraph(lines, at);
}

function blockOfOneLine(line: string): Block | undefined {
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const [, marks = '#', words = ''] = heading;
    return { kind: 'heading', level: marks.length, spans: spansOf(words) };
  }
  return RULE.test(line) ? { kind: 'rule' } : undefined;
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

/** Items, each with blocks of its own: the lines below a mark that stand deeper than it. */
function list(lines: readonly string[], at: number, depth: number): [Block, number] {
  const first = ITEM.exec(lines[at] ?? '');
  const isOrdered = first?.[1] !== undefined;
  const items: Block[][] = [];
  let next = at;
  for (let item = first; item !== null && (item[1] !== undefined) === isOrdered; item = ITEM.exec(lines[next] ?? '')) {
    const [whole, , words = ''] = item;
    const deeper = indentOf(whole) + LEAST_DEEPER;
    const more = run(lines, next + 1, (line) => line.trim() === '' || indentOf(line) >= deeper);
    const width = whole.length - words.length;
    const inner = more.map((line) => line.slice(Math.min(width, indentOf(line))));
    items.push(blocksOf([words, ...inner].join('\n'), depth + 1));
    next += 1 + more.length;
  }
  return [{ kind: 'list', isOrdered, start: Number(first?.[1] ?? 1), items }, next];
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function isTable(lines: readonly string[], at: number): boolean {
  const [head, line] = [lines[at] ?? '', lines[at + 1] ?? ''];
  return head.includes('|') && BELOW_HEAD.test(line) && cellsOf(head).length === cellsOf(line).length;
}

function table(lines: readonly string[], at: number): [Block, number] {
  const body = run(lines, at + 2, (line) => line.includes('|'));
  const [head = [], ...rows] = [lines[at] ?? '', ...body].map((row) => cellsOf(row).map((cell) => spansOf(cell)));
  const sides = cellsOf(lines[at + 1] ?? '').map(sideOf);
  return [{ kind: 'table', sides, head, rows: rows.map((row) => sides.map((_, column) => row[column] ?? [])) }, at + 2 + body.length];
}

function cellsOf(row: string): string[] {
  const inner = row.trim().replace(/^\|/, '').replace(/(?<!\\)\|$/, '');
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'));
}

function sideOf(mark: string): Side {
  if (!mark.endsWith(':')) {
    return 'left';
  }
  return mark.startsWith(':') ? 'center' : 'right';
}

function paragraph(lines: readonly string[], at: number): [Block, number] {
  const first = lines[at] ?? '';
  const more = run(
    lines,
    at + 1,
    (line, index) => line.trim() !== '' && !OTHERS.some((kind) => kind.test(line)) && !isTable(lines, index),
  );
  return [{ kind: 'paragraph', spans: spansOf([first, ...more].join('\n')) }, at + 1 + more.length];
}

function run(lines: readonly string[], from: number, isIn: (line: string, index: number) => boolean): string[] {
  const end = lines.findIndex((line, index) => index >= from && !isIn(line, index));
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
