/** What VS Code starts: everything is built here by hand, and ends with the extension. */

import * as path from 'node:path';
import * as vscode from 'vscode';

import { ChatView } from './chatView';
import { Server } from './client';
import { Configuration, SECTION, type Manifest } from './configuration';
import { Edits } from './edits';
import { explain, showDocument } from './explanations';
import { InlineCompletion, toggle, toggleLanguage } from './inlineCompletion';
import { Keys } from './keys';
import { LanguageModels } from './languageModels';
import { Models, type Role } from './models';
import { Participant } from './participant';
import { Preparation } from './preparation';
import { Preview } from './preview';
import { ServerInstall } from './serverInstall';
import { StatusBar } from './status';
import { Wishes } from './wishes';

const PLACES: Record<string, () => unknown> = {
  'foretype.openSettings': () =>
    vscode.commands.executeCommand('workbench.action.openSettings', '@ext:foretype.foretype'),
  'foretype.openWalkthrough': () =>
    vscode.commands.executeCommand('workbench.action.openWalkthrough', 'foretype.foretype#start'),
};

let running: Server | undefined;

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  const manifest = context.extension.packageJSON as Manifest;
  const log = vscode.window.createOutputChannel('Foretype', { log: true });
  const storage = context.globalStorageUri.fsPath;
  await vscode.workspace.fs.createDirectory(context.globalStorageUri); // where the server runs
  const install = new ServerInstall({ carried: path.join(context.extensionPath, 'server'), storage }, (line) => {
    log.info(line);
  });
  const preparation = new Preparation(install, log);
  const configuration = new Configuration(manifest);
  const completion = new InlineCompletion();
  const server = new Server({
    log,
    folder: storage,
    version: manifest.version,
    middleware: {
      provideInlineCompletionItems: completion.provide,
      executeCommand: (command, args, next): unknown => {
        if (command === 'foretype.accepted') {
          completion.noteAccepted();
        }
        return next(command, args);
      },
      window: { showDocument },
      workspace: { configuration: (params) => configuration.answer(params) },
    },
    prepare: (renew) => preparation.prepare(renew),
    explain: (problem) => void preparation.explain(problem),
  });
  running = server;
  const status = new StatusBar(server, completion);
  const keys = new Keys(server, context.secrets, context.globalState, log);
  const models = new Models(server);
  const preview = new Preview();
  const edits = new Edits(server, preview, new Wishes(context.workspaceState));
  const chat = new ChatView(context.extensionUri, server, edits, models);

  const commands: Record<string, (...args: never[]) => unknown> = {
    'foretype.showMenu': () => status.menu(),
    'foretype.toggleCompletions': toggle,
    'foretype.toggleLanguage': () => {
      const language = vscode.window.activeTextEditor?.document.languageId;
      return language === undefined ? undefined : toggleLanguage(language);
    },
    'foretype.snooze': () => completion.askForSnooze(),
    'foretype.wake': completion.wake.bind(completion),
    'foretype.trigger': () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger'),
    'foretype.chooseModel': (role?: Role) => models.choose(role),
    ...PLACES,
    'foretype.showLog': () => {
      log.show();
    },
    ...editing(edits, preview, chat, server),
    'foretype.account': () => keys.showAccount(),
    'foretype.connect': () => keys.connect(),
    'foretype.disconnect': () => keys.disconnect(),
    'foretype.moveToken': () => keys.moveToken(),
    'foretype.restartServer': () => server.restart(),
    'foretype.reinstallServer': () => server.restart(true),
  };
  context.subscriptions.push(
    log,
    server,
    completion,
    status,
    keys,
    preview,
    chat,
    ...inVsCodesOwnChat(server, context.extensionUri),
    server.onPhase((phase) => void vscode.commands.executeCommand('setContext', 'foretype.running', phase === 'running')),
    ...Object.entries(commands).map(([name, act]) => vscode.commands.registerCommand(name, told(act))),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration(`${SECTION}.server`)) {
        void server.restart();
      }
    }),
  );
  await server.start();
  void keys.offerToMove();
}

function inVsCodesOwnChat(server: Server, extension: vscode.Uri): { dispose(): unknown }[] {
  return [new Participant(server, extension), new LanguageModels(server)];
}

function editing(edits: Edits, preview: Preview, chat: ChatView, server: Server): Record<string, () => unknown> {
  return {
    'foretype.editSelection': () => edits.ask(),
    'foretype.editAgain': () => edits.followUp(true),
    'foretype.followUp': () => edits.followUp(),
    'foretype.acceptChange': () => preview.decide('taken'),
    'foretype.rejectChange': () => preview.decide('refused'),
    'foretype.acceptAll': () => preview.decideAll('taken'),
    'foretype.rejectAll': () => preview.decideAll('refused'),
    'foretype.explainSelection': () => explain(server),
    'foretype.openChat': () => chat.open(),
    'foretype.stopChat': () => {
      chat.stop();
    },
  };
}

/** What a command fails with is said to the user in its own words. */
function told(act: (...args: never[]) => unknown): (...args: never[]) => Promise<void> {
  return async (...args) => {
    try {
      await act(...args);
    } catch (error) {
      void vscode.window.showErrorMessage(`Foretype: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
}

export async function deactivate(): Promise<void> {
  await running?.stop();
}
