/** One answer on the page, drawn while it grows. */

import { blocksOf } from '../src/markdown';
import type { ChatPiece, ContextItem } from '../src/protocol';
import { button, element, redraw, type OnCode } from './draw';

export class Answer {
  readonly root: HTMLElement;
  private readonly name = element('h2', 'Foretype');
  private readonly asides = element('div');
  private readonly thoughts = element('details', element('summary', 'Thoughts'));
  private readonly thought = element('p');
  private readonly body = element('div');
  private text = '';
  private isDue = false;

  constructor(
    private readonly onCode: OnCode,
    private readonly onReview: (id: string) => void,
  ) {
    this.thoughts.append(this.thought);
    this.thoughts.hidden = true;
    this.root = element('article', this.name, this.asides, this.thoughts, this.body);
    this.root.dataset['speaker'] = 'assistant';
  }

  hear(piece: ChatPiece): void {
    const text = piece.text ?? '';
    switch (piece.kind) {
      case 'text':
        this.write(text);
        break;
      case 'reasoning':
        this.think(text);
        break;
      case 'model':
        this.by(text);
        break;
      case 'context':
        this.sent(piece.items ?? []);
        break;
      case 'tool':
        this.aside(`${text}: ${piece.detail ?? ''}`);
        break;
      case 'note':
        this.aside(text);
        break;
      case 'edit':
        this.proposed(piece.edit?.id);
        break;
    }
  }

  by(model: string): void {
    this.name.textContent = model === '' ? 'Foretype' : `Foretype, ${model}`;
  }

  think(text: string): void {
    this.thoughts.hidden = this.thoughts.hidden && text === '';
    this.thought.append(text);
  }

  sent(items: readonly ContextItem[]): void {
    if (items.length > 0) {
      this.aside(`Sent along: ${items.map((item) => item.name).join(', ')}`);
    }
  }

  aside(text: string, kind = 'aside'): void {
    const line = element('p', text);
    line.className = kind;
    this.asides.append(line);
  }

  write(text: string): void {
    this.text += text;
    if (!this.isDue) {
      this.isDue = true;
      requestAnimationFrame(() => {
        this.isDue = false;
        redraw(this.body, blocksOf(this.text), this.onCode);
      });
    }
  }

  /** Why it is not whole. */
  broken(problem: string): void {
    const line = element('p', problem);
    line.className = 'problem';
    this.root.append(line);
  }

  private proposed(id: string | undefined): void {
    if (id !== undefined) {
      this.asides.append(
        button('Review the proposed edit', () => {
          this.onReview(id);
        }),
      );
    }
  }
}
