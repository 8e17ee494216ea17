/** A proposal beside the text that it would change, where it is taken or refused change by change. */

import * as path from 'node:path';
import * as vscode from 'vscode';

import type { EditProposal } from './protocol';
import { Review, type Decision } from './review';

export const SCHEME = 'foretype-edit';
const IS_OPEN = 'foretype.reviewing';

/** What is on show: one at a time, because there is one pair of eyes. */
interface Shown {
  readonly document: vscode.TextDocument;
  readonly version: number;
  readonly uri: vscode.Uri;
  text: string;
  proposal?: EditProposal;
  review?: Review;
  onGivenUp?: () => void;
}

export class Preview implements vscode.TextDocumentContentProvider {
  private shown: Shown | undefined;
  private number = 0;
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  private readonly taken = vscode.window.createTextEditorDecorationType({
    after: { contentText: '  ✓ taken', color: new vscode.ThemeColor('editorCodeLens.foreground') },
  });
  private readonly parts: { dispose(): unknown }[];

  readonly onDidChange = this.changed.event;

  constructor() {
    this.parts = [
      this.changed,
      this.taken,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.window.tabGroups.onDidChangeTabs(({ closed }) => {
        if (closed.some((tab) => this.isOurs(tab))) {
          this.forget();
        }
      }),
    ];
  }

  dispose(): void {
    this.forget();
    for (const part of this.parts) {
      part.dispose();
    }
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return uri.toString() === this.shown?.uri.toString() ? this.shown.text : '';
  }

  /** The edit and the document that a follow-up would be about. */
  get current(): { readonly document: vscode.TextDocument; readonly id: string } | undefined {
    const { document, proposal } = this.shown ?? {};
    return document === undefined || proposal === undefined || proposal.id === '' ? undefined : { document, id: proposal.id };
  }

  /** Opens the document beside itself; `onGivenUp` is called when the user closes it before there is a proposal. */
  async open(document: vscode.TextDocument, title: string, onGivenUp: () => void): Promise<void> {
    await this.close();
    this.number += 1;
    const uri = vscode.Uri.from({ scheme: SCHEME, path: document.uri.path, query: String(this.number) });
    this.shown = { document, version: document.version, uri, text: document.getText(), onGivenUp };
    await vscode.commands.executeCommand('setContext', IS_OPEN, true);
    const name = `${path.posix.basename(document.uri.path)}: ${title}`;
    await vscode.commands.executeCommand('vscode.diff', document.uri, uri, name, { preview: true });
  }

  /** The text as far as it is written. */
  write(text: string): void {
    if (this.shown !== undefined && this.shown.text !== text) {
      this.shown.text = text;
      this.changed.fire(this.shown.uri);
    }
  }

  /** The proposal is whole: from here on it can be decided. */
  propose(proposal: EditProposal): void {
    if (this.shown !== undefined) {
      delete this.shown.onGivenUp;
      this.shown.proposal = proposal;
      this.shown.review = new Review(this.shown.document.getText(), proposal.hunks);
      this.draw();
    }
  }

  /** Takes or refuses the change at the cursor; the last decision applies what was taken. */
  async decide(decision: Decision): Promise<void> {
    const review = this.shown?.review;
    const index = review?.openAt(this.editor()?.selection.active.line ?? 0);
    if (review !== undefined && index !== undefined) {
      review.decide(index, decision);
      await this.decided(review);
    }
  }

  async decideAll(decision: Decision): Promise<void> {
    const review = this.shown?.review;
    if (review === undefined) {
      await this.close(); // it is still being written
      return;
    }
    review.decideOpen(decision);
    await this.decided(review);
  }

  async close(): Promise<void> {
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs).filter((tab) => this.isOurs(tab));
    this.forget();
    await vscode.window.tabGroups.close(tabs);
  }

  private async decided(review: Review): Promise<void> {
    if (!review.isDecided) {
      this.draw();
      return;
    }
    const shown = this.shown;
    await this.close();
    if (shown !== undefined) {
      await apply(shown, review);
      await vscode.window.showTextDocument(shown.document);
    }
  }

  private draw(): void {
    const review = this.shown?.review;
    const editor = this.editor();
    if (review === undefined) {
      return;
    }
    this.write(review.text);
    if (editor !== undefined) {
      const marks = review.linesOf('taken').map((line) => new vscode.Range(line, 1e4, line, 1e4));
      editor.setDecorations(this.taken, marks);
      const next = new vscode.Position(review.linesOf('open')[0] ?? 0, 0);
      editor.selection = new vscode.Selection(next, next);
      editor.revealRange(new vscode.Range(next, next), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    }
  }

  private editor(): vscode.TextEditor | undefined {
    const uri = this.shown?.uri.toString();
    return vscode.window.visibleTextEditors.find((editor) => editor.document.uri.toString() === uri);
  }

  private isOurs(tab: vscode.Tab): boolean {
    return (
      tab.input instanceof vscode.TabInputTextDiff && tab.input.modified.toString() === this.shown?.uri.toString()
    );
  }

  private forget(): void {
    const givenUp = this.shown?.onGivenUp;
    this.shown = undefined;
    void vscode.commands.executeCommand('setContext', IS_OPEN, false);
    givenUp?.();
  }
}

/** What was taken, as one change that one undo takes back. */
async function apply(shown: Shown, review: Review): Promise<void> {
  if (review.taken.length === 0) {
    return;
  }
  if (shown.document.version !== shown.version) {
    throw new Error('the text has changed since the edit was asked for, so nothing was applied. Ask again.');
  }
  const edit = new vscode.WorkspaceEdit();
  for (const { range, text } of review.taken) {
    const [start, end] = [range.start, range.end];
    edit.replace(shown.document.uri, new vscode.Range(start.line, start.character, end.line, end.character), text);
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error('VS Code did not apply the edit.');
  }
}
