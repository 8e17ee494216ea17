/** The Hugging Face token: kept by VS Code's secret storage, handed to the server, never written to a file. */

import * as vscode from 'vscode';
import { ResponseError } from 'vscode-languageclient/node';

import { NotRunning, type Server } from './client';
import { SECTION } from './configuration';
import { SET_KEY, type AccountStatus, type SetKeyParams } from './protocol';

const SECRET = 'foretype.token';
const LEFT_ALONE = 'foretype.tokenStaysInSettings';
const NEW_TOKEN =
  'https://huggingface.co/settings/tokens/new?ownUserPermissions=inference.serverless.write&tokenType=fineGrained';
const METHOD_NOT_FOUND = -32601;
const MAKE_ONE: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('link-external'),
  tooltip: 'Make a token on Hugging Face',
};

/** The server is of a version that takes no token from its editor. */
class TakesNone extends Error {}

export class Keys implements vscode.Disposable {
  private account: AccountStatus | undefined;
  private readonly parts: vscode.Disposable[];

  constructor(
    private readonly server: Server,
    private readonly secrets: vscode.SecretStorage,
    private readonly memory: vscode.Memento,
    private readonly log: vscode.LogOutputChannel,
  ) {
    this.parts = [
      server.onStarted(() => void this.handOver()),
      server.onStatus((status) => {
        this.account = status.account;
      }),
      secrets.onDidChange(({ key }) => {
        if (key === SECRET) {
          void this.handOver(); // another window connected, or disconnected
        }
      }),
    ];
  }

  dispose(): void {
    for (const part of this.parts) {
      part.dispose();
    }
  }

  async connect(): Promise<void> {
    const key = await askForToken();
    if (key === undefined) {
      return;
    }
    const account = await this.check(key);
    if (account !== undefined && (account.state === 'disconnected' || account.state === 'connecting')) {
      await this.refused(account);
      return;
    }
    await this.secrets.store(SECRET, key);
    void vscode.window.showInformationMessage(`Foretype: ${connected(account)}`);
  }

  async disconnect(): Promise<void> {
    await this.secrets.delete(SECRET);
    this.account = await this.setKey(null);
    const stays = this.account?.state === 'connected' ? ` The token from ${this.account.source ?? 'elsewhere'} is still used.` : '';
    void vscode.window.showInformationMessage(`Foretype: the token is forgotten.${stays}`);
  }

  /** What is known of the account, and what can be done about it. */
  async showAccount(): Promise<void> {
    const hasToken = (await this.secrets.get(SECRET)) !== undefined;
    const connect = { label: hasToken ? '$(key) Use another token…' : '$(key) Connect…', run: () => this.connect() };
    // The server remembers whose a token is; this asks Hugging Face anew, and the server says what it found.
    const check = { label: '$(refresh) Check it again', run: () => this.server.command('foretype.login') };
    const disconnect = { label: '$(sign-out) Disconnect', run: () => this.disconnect() };
    const create = { label: '$(link-external) Make a token on Hugging Face', run: () => openExternal(NEW_TOKEN) };
    const title = `Hugging Face: ${this.account === undefined ? (hasToken ? 'connected' : 'not connected') : masked(this.account)}`;
    const picked = await vscode.window.showQuickPick(hasToken ? [connect, check, disconnect, create] : [connect, create], {
      title,
    });
    await picked?.run();
  }

  /** A token that somebody wrote into settings.json is honoured, and offered a better place. */
  async offerToMove(): Promise<void> {
    const written = vscode.workspace.getConfiguration(SECTION).inspect<string>('token')?.globalValue ?? '';
    if (written === '' || this.memory.get(LEFT_ALONE) === true) {
      return;
    }
    const move = 'Move it';
    const leave = 'Leave it there';
    const answer = await vscode.window.showWarningMessage(
      'Foretype: settings.json holds your Hugging Face token, readable for whoever reads that file. ' +
        "VS Code's secret storage is a better place.",
      move,
      leave,
    );
    if (answer === move) {
      await this.moveToken();
    } else if (answer === leave) {
      await this.memory.update(LEFT_ALONE, true);
    }
  }

  async moveToken(): Promise<void> {
    const configuration = vscode.workspace.getConfiguration(SECTION);
    const written = configuration.inspect<string>('token')?.globalValue ?? '';
    if (written === '') {
      void vscode.window.showInformationMessage('Foretype: there is no token in your settings.json.');
      return;
    }
    await this.secrets.store(SECRET, written);
    await configuration.update('token', undefined, vscode.ConfigurationTarget.Global);
    void vscode.window.showInformationMessage("Foretype: the token is now in VS Code's secret storage only.");
  }

  /** What the server makes of the kept token; quiet, because the status bar tells. */
  private async handOver(): Promise<void> {
    const key = await this.secrets.get(SECRET);
    if (key !== undefined || this.account !== undefined) {
      this.account = await this.setKey(key ?? null);
    }
  }

  private async check(key: string): Promise<AccountStatus | undefined> {
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Foretype: checking the token' },
      () => this.setKey(key),
    );
  }

  private async refused(account: AccountStatus): Promise<void> {
    await this.handOver(); // what was kept before is what counts again
    const again = 'Try another';
    const look = 'Open Hugging Face';
    const problem = account.problem === undefined || account.problem === '' ? 'the token was refused' : account.problem;
    const answer = await vscode.window.showErrorMessage(`Foretype: ${problem}`, again, look);
    if (answer === again) {
      await this.connect();
    } else if (answer === look) {
      await openExternal(account.link === undefined || account.link === '' ? NEW_TOKEN : account.link);
    }
  }

  /** Undefined where the server could not be asked. */
  private async setKey(key: string | null): Promise<AccountStatus | undefined> {
    const params: SetKeyParams = { key };
    try {
      return await this.server.request<AccountStatus>(SET_KEY, params);
    } catch (error) {
      if (error instanceof ResponseError && error.code === METHOD_NOT_FOUND) {
        this.log.warn(new TakesNone('this server takes no token from its editor').message);
      } else if (!(error instanceof NotRunning)) {
        this.log.warn(`the token could not be handed over: ${error instanceof Error ? error.message : 'unknown'}`);
      }
      return undefined;
    }
  }
}

function connected(account: AccountStatus | undefined): string {
  return account === undefined
    ? 'the token is kept; the server could not check it yet.'
    : `connected to Hugging Face, ${masked(account)}.`;
}

function masked(account: AccountStatus): string {
  const words = [account.user ?? '', account.token ?? ''].filter((word) => word !== '').join(', ');
  return words === '' ? account.state : `${account.state} (${words})`;
}

async function openExternal(address: string): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(address));
}

/** A password box: what is typed is neither shown nor remembered. */
async function askForToken(): Promise<string | undefined> {
  const box = vscode.window.createInputBox();
  box.title = 'Connect Hugging Face';
  box.prompt = 'A token that may make calls to Inference Providers';
  box.placeholder = 'hf_…';
  box.password = true;
  box.ignoreFocusOut = true;
  box.buttons = [MAKE_ONE];
  try {
    return await new Promise<string | undefined>((resolve) => {
      box.onDidTriggerButton(() => void openExternal(NEW_TOKEN));
      box.onDidAccept(() => {
        const key = box.value.trim();
        if (key === '' || /\s/.test(key)) {
          box.validationMessage = 'A token is one word, such as hf_….';
        } else {
          resolve(key);
        }
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
