/** A proposal under review: which of its changes are taken, and how the text looks with them. */

import type { Hunk, Position } from './protocol';

export type Decision = 'open' | 'taken' | 'refused';

export class Review {
  private readonly decisions: Decision[];
  private readonly starts: readonly number[];

  /** The hunks are in the order of the text and do not overlap. */
  constructor(
    readonly original: string,
    readonly hunks: readonly Hunk[],
  ) {
    this.decisions = hunks.map(() => 'open');
    this.starts = lineStarts(original);
  }

  decide(index: number, decision: Decision): void {
    if (index in this.decisions) {
      this.decisions[index] = decision;
    }
  }

  decideOpen(decision: Decision): void {
    for (const index of this.indexes('open')) {
      this.decide(index, decision);
    }
  }

  get isDecided(): boolean {
    return this.indexes('open').length === 0;
  }

  get taken(): readonly Hunk[] {
    return this.hunks.filter((_, index) => this.decisions[index] === 'taken');
  }

  /** The text with every change that is not refused. */
  get text(): string {
    return this.built().text;
  }

  /** The lines of the text where the changes of one decision begin. */
  linesOf(decision: Decision): number[] {
    const { lines } = this.built();
    return this.indexes(decision).map((index) => lines[index] ?? 0);
  }

  /** The change still open that begins at this line or before it; else the first one. */
  openAt(line: number): number | undefined {
    const { lines } = this.built();
    const open = this.indexes('open');
    return open.findLast((index) => (lines[index] ?? 0) <= line) ?? open[0];
  }

  private indexes(decision: Decision): number[] {
    return this.decisions.flatMap((each, index) => (each === decision ? [index] : []));
  }

  private built(): { text: string; lines: number[] } {
    let text = '';
    let done = 0;
    const lines: number[] = [];
    this.hunks.forEach((hunk, index) => {
      const [start, end] = [this.offset(hunk.range.start), this.offset(hunk.range.end)];
      text += this.original.slice(done, start);
      lines.push(lineStarts(text).length - 1);
      text += this.decisions[index] === 'refused' ? this.original.slice(start, end) : hunk.text;
      done = end;
    });
    return { text: text + this.original.slice(done), lines };
  }

  private offset(position: Position): number {
    return Math.min((this.starts[position.line] ?? this.original.length) + position.character, this.original.length);
  }
}

function lineStarts(text: string): number[] {
  return [0, ...[...text.matchAll(/\r\n|\r|\n/g)].map((end) => end.index + end[0].length)];
}
