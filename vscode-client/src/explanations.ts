/** Explanations, read as Markdown beside the code. */

import * as path from 'node:path';
import * as vscode from 'vscode';
import type { Middleware } from 'vscode-languageclient/node';

import { looking } from './chatView';
import type { Server } from './client';

/** Where the server puts the answers of code actions, each a file that nothing links out of. */
const FOLDER = 'answers';

type ShowsDocuments = NonNullable<NonNullable<Middleware['window']>['showDocument']>;

/** An answer is shown as it is meant to be read; every other document as the server asks. */
export const showDocument: ShowsDocuments = async (params, token, next) => {
  const uri = vscode.Uri.parse(params.uri);
  if (uri.scheme !== 'file' || path.extname(uri.fsPath) !== '.md' || path.basename(path.dirname(uri.fsPath)) !== FOLDER) {
    return next(params, token);
  }
  await vscode.commands.executeCommand('markdown.showPreviewToSide', uri);
  return { success: true };
};

/** The selection, or the block that the cursor is in; the server says it where there is no answer. */
export async function explain(server: Server): Promise<void> {
  const where = looking();
  if (where.uri !== undefined) {
    await server.command('foretype.explain', where);
  }
}
