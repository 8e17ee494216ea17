/**
 * A streamed answer as Markdown that VS Code may draw: nothing in it loads or leads anywhere.
 *
 * It is passed on line by line, because what is harmless in the first half of a line need not be in the whole.
 */

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

export class SafeLines {
  private rest = '';
  private fence = '';

  feed(text: string): string {
    const [last = '', ...whole] = (this.rest + text).split(/(?<=\n)/).reverse();
    const isWhole = last.endsWith('\n');
    this.rest = isWhole ? '' : last;
    return [...(isWhole ? [last] : []), ...whole]
      .reverse()
      .map((line) => this.safe(line))
      .join('');
  }

  end(): string {
    const line = this.rest;
    this.rest = '';
    return this.safe(line);
  }

  private safe(line: string): string {
    const marks = FENCE.exec(line)?.[1] ?? '';
    if (this.fence !== '') {
      const isEnd = marks.startsWith(this.fence) && line.trim() === marks;
      this.fence = isEnd ? '' : this.fence;
      return line;
    }
    this.fence = marks;
    // A word joiner, which nobody sees, stands between what would be a link, an image, a definition or a tag.
    return marks === '' ? line.replace(/\](?=[(:])|<(?=[a-z/!?])/gi, '$&\u2060') : line;
  }
}
