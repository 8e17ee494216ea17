/** Getting a server ready to start, with the user looking on: whose it is, its installation, what went wrong. */

import { existsSync } from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import * as vscode from 'vscode';

import { SECTION } from './configuration';
import { candidatesIn, onPath, type Candidate } from './python';
import { CannotInstall, Stopped, type Cure, type Launch, type ServerInstall } from './serverInstall';

const CURES: Readonly<Record<Cure, { readonly label: string; readonly command: string; readonly args: readonly unknown[] }>> = {
  retry: { label: 'Try again', command: 'foretype.restartServer', args: [] },
  log: { label: 'Show the log', command: 'foretype.showLog', args: [] },
  python: { label: 'Choose a Python', command: 'workbench.action.openSettings', args: ['foretype.server.python'] },
  path: { label: 'Open settings', command: 'workbench.action.openSettings', args: ['foretype.server'] },
  download: { label: 'Get Python', command: 'vscode.open', args: ['https://www.python.org/downloads/'] },
};

export class Preparation {
  constructor(
    private readonly install: ServerInstall,
    private readonly log: vscode.LogOutputChannel,
  ) {}

  async prepare(renew: boolean): Promise<Launch> {
    const own = setting('path');
    if (own !== '') {
      return usersServer(own);
    }
    if (renew) {
      await this.install.remove();
    }
    return (await this.install.installed()) ?? (await this.installVisibly());
  }

  /** Says why there is no server, once, with what may help. */
  async explain(problem: unknown): Promise<void> {
    const isKnown = problem instanceof CannotInstall;
    const sentence = problem instanceof Error ? problem.message : String(problem);
    this.log.error(sentence);
    if (problem instanceof Stopped) {
      return;
    }
    const cures = (isKnown ? problem.cures : (['log', 'retry'] as const)).map((cure) => CURES[cure]);
    const picked = await vscode.window.showErrorMessage(
      isKnown ? sentence : `Foretype: ${sentence}`,
      ...cures.map((cure) => cure.label),
    );
    const cure = cures.find(({ label }) => label === picked);
    if (cure !== undefined) {
      await vscode.commands.executeCommand(cure.command, ...cure.args);
    }
  }

  private async installVisibly(): Promise<Launch> {
    const candidates = await this.candidates();
    return vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: 'Setting up Foretype', cancellable: true },
      (progress, token) => {
        const stop = new AbortController();
        token.onCancellationRequested(() => {
          stop.abort();
        });
        const report = (message: string): void => {
          progress.report({ message });
        };
        return this.install.install(candidates, { report, signal: stop.signal });
      },
    );
  }

  private async candidates(): Promise<Candidate[]> {
    return candidatesIn({
      setting: absolute(setting('python')),
      interpreter: await activeInterpreter(),
      path: process.env['PATH'] ?? '',
      platform: process.platform,
    });
  }
}

function setting(name: 'path' | 'python'): string {
  // Machine-scoped: no workspace can name a program.
  const written = vscode.workspace.getConfiguration(SECTION).inspect<string>(`server.${name}`);
  return (written?.globalValue ?? '').trim();
}

function absolute(program: string): string {
  return program.startsWith('~/') ? path.join(os.homedir(), program.slice(2)) : program;
}

/** The server that the user installed. */
function usersServer(written: string): Launch {
  const program = absolute(written);
  const found = path.isAbsolute(program)
    ? program
    : onPath(program, process.env['PATH'] ?? '', process.platform);
  if (found === undefined || !existsSync(found)) {
    throw new CannotInstall(`foretype.server.path names ${written}, and there is no such program.`, ['path', 'retry']);
  }
  return { command: found, args: ['lsp'] };
}

interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(): { readonly path: string };
    resolveEnvironment(
      environment: unknown,
    ): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** The interpreter of the Python extension; it may lie in the workspace, so only where that is trusted. */
async function activeInterpreter(): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonExtension>('ms-python.python');
  if (extension === undefined || !vscode.workspace.isTrusted) {
    return undefined;
  }
  try {
    const { environments } = await extension.activate();
    const resolved = await environments?.resolveEnvironment(environments.getActiveEnvironmentPath());
    return resolved?.executable.uri?.fsPath;
  } catch {
    return undefined;
  }
}
