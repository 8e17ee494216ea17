/** Edits in words: what is asked, shown while it is written, and taken or refused by the user. */

import * as vscode from 'vscode';
import { ProgressType } from 'vscode-languageclient/node';

import type { Server } from './client';
import type { Preview } from './preview';
import type { EditParams, EditPiece, EditProposal, EditResult } from './protocol';
import { Review } from './review';
import type { Wishes } from './wishes';

const FOLLOW_UPS = ['Again', 'Shorter'] as const;
const LONGEST_TITLE = 60;

export class Edits {
  private number = 0;

  constructor(
    private readonly server: Server,
    private readonly preview: Preview,
    private readonly wishes: Wishes,
  ) {}

  /** Ctrl+K: the selection, or the block that the cursor is in. */
  async ask(): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) {
      return;
    }
    const { document, selection } = editor;
    const version = document.version;
    const what = selection.isEmpty ? 'this block' : 'the selection';
    const instruction = await askInWords(`What is to become of ${what}?`, this.wishes.all);
    if (instruction === undefined) {
      return;
    }
    if (document.version !== version) {
      throw new Error('the text changed while you were asked. Ask again.');
    }
    await this.wishes.add(instruction);
    const where = selection.isEmpty ? { position: selection.active } : { range: rangeOf(selection) };
    await this.propose(document, { uri: document.uri.toString(), instruction, ...where });
  }

  /** The edit on show in another way: again, shorter, or as the user says. */
  async followUp(again = false): Promise<void> {
    const current = this.preview.current;
    if (current === undefined) {
      return;
    }
    const words = again ? 'Again' : await askInWords('What is to be different?', [...FOLLOW_UPS, ...this.wishes.all]);
    if (words !== undefined) {
      const instruction = words === 'Again' ? '' : words;
      await this.propose(current.document, { uri: current.document.uri.toString(), instruction, follows: current.id });
    }
  }

  /** Code of an answer: in place of what is selected, or worked into the block at the cursor by the model. */
  async applyCode(code: string): Promise<void> {
    const editor = vscode.window.activeTextEditor;
    if (editor === undefined) {
      throw new Error('open a file to apply the code to.');
    }
    const { document, selection } = editor;
    const uri = document.uri.toString();
    if (selection.isEmpty) {
      const instruction = `Work this code in:\n\n${code}`;
      await this.propose(document, { uri, instruction, position: selection.active });
      return;
    }
    const end = document.getText(selection).endsWith('\n') && !code.endsWith('\n') ? '\n' : '';
    await this.review({ id: '', uri, version: document.version, hunks: [{ range: rangeOf(selection), text: code + end }] });
  }

  /** A proposal that came from elsewhere, as from the chat. */
  async review(proposal: EditProposal): Promise<void> {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(proposal.uri));
    if (document.version !== proposal.version) {
      throw new Error('the text has changed since the edit was proposed. Ask again.');
    }
    await this.preview.open(document, 'from the chat', () => undefined);
    this.preview.propose(proposal);
  }

  private async propose(document: vscode.TextDocument, params: EditParams): Promise<void> {
    const cancel = new vscode.CancellationTokenSource();
    this.number += 1;
    const token = `foretype-edit-${this.number}`;
    const original = document.getText();
    const title = titleOf(params.instruction ?? '');
    const listening = this.server.listen(new ProgressType<EditPiece>(), token, (piece) => {
      this.preview.write(new Review(original, [piece]).text);
    });
    try {
      await this.preview.open(document, title, () => {
        cancel.cancel();
      });
      const result = await this.server.cancellable<EditResult>(
        'foretype.edit',
        { ...params, preview: true, token },
        cancel.token,
      );
      await this.show(result);
    } catch (error) {
      if (!cancel.token.isCancellationRequested) {
        await this.preview.close();
        throw error;
      }
    } finally {
      listening.dispose();
      cancel.dispose();
    }
  }

  private async show(result: EditResult): Promise<void> {
    if (result.proposal !== undefined && result.proposal !== null && result.proposal.hunks.length > 0) {
      this.preview.propose(result.proposal);
      return;
    }
    await this.preview.close();
    throw new Error(result.problem === undefined || result.problem === '' ? 'the model would change nothing.' : result.problem);
  }
}

interface Words extends vscode.QuickPickItem {
  /** What was asked before; none in the row of what is being typed, which may lag behind the keys. */
  readonly before?: string;
}

/** A line of words; what was asked before is below it, to take again. */
async function askInWords(placeholder: string, before: readonly string[]): Promise<string | undefined> {
  const box = vscode.window.createQuickPick<Words>();
  const known = before.map((words) => ({ label: words, before: words }));
  box.placeholder = placeholder;
  box.items = known;
  box.onDidChangeValue((typed) => {
    const words = typed.trim();
    box.items = words === '' ? known : [{ label: `$(edit) ${words}`, alwaysShow: true }, ...known];
  });
  try {
    return await new Promise((resolve) => {
      box.onDidAccept(() => {
        const chosen = box.activeItems[0]?.before ?? box.value.trim();
        resolve(chosen === '' ? undefined : chosen);
      });
      box.onDidHide(() => {
        resolve(undefined);
      });
      box.show();
    });
  } finally {
    box.dispose();
  }
}

function titleOf(instruction: string): string {
  const [first = ''] = instruction.split('\n');
  return first === '' ? 'again' : first.slice(0, LONGEST_TITLE);
}

function rangeOf({ start, end }: vscode.Selection): NonNullable<EditParams['range']> {
  return {
    start: { line: start.line, character: start.character },
    end: { line: end.line, character: end.character },
  };
}
