/** The running server: started, spoken to, started again after a crash, and never twice at a time. */

import * as vscode from 'vscode';
import {
  CloseAction,
  ErrorAction,
  ExecuteCommandRequest,
  LanguageClient,
  RevealOutputChannelOn,
  State,
  type ClientCapabilities,
  type ErrorHandler,
  type FeatureState,
  type LanguageClientOptions,
  type Middleware,
  type ProgressType,
  type StaticFeature,
} from 'vscode-languageclient/node';

import { CrashBudget } from './crashes';
import { inOurWords } from './cures';
import { STATUS, type ServerCommand, type Status } from './protocol';
import type { Launch } from './serverInstall';

export type Phase = 'stopped' | 'installing' | 'starting' | 'running' | 'failed';

export interface Parts {
  readonly log: vscode.LogOutputChannel;
  readonly middleware: Middleware;
  /** Where the server runs: never the workspace. */
  readonly folder: string;
  readonly version: string;
  /** Finds or installs the server; told to renew one that could not be started. */
  prepare(renew: boolean): Promise<Launch>;
  /** Tells the user why there is no server. */
  explain(problem: unknown): void;
}

/** There is no server to ask. */
export class NotRunning extends Error {
  constructor() {
    super('The Foretype server is not running.');
  }
}

export class Server implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private current: Phase = 'stopped';
  private isLaunching = false;
  private queue: Promise<void> = Promise.resolve();
  private readonly crashes = new CrashBudget();
  private readonly phaseChanged = new vscode.EventEmitter<Phase>();
  private readonly started = new vscode.EventEmitter<void>();
  private readonly statusArrived = new vscode.EventEmitter<Status>();

  readonly onPhase = this.phaseChanged.event;
  /** Every time that the server is ready, also after a crash. */
  readonly onStarted = this.started.event;
  readonly onStatus = this.statusArrived.event;

  constructor(private readonly parts: Parts) {}

  get phase(): Phase {
    return this.current;
  }

  start(): Promise<void> {
    return this.inTurn(() => this.startNow());
  }

  /** A new server, of the settings that hold now; `renew` installs it anew. */
  restart(renew = false): Promise<void> {
    return this.inTurn(async () => {
      await this.stopNow();
      this.crashes.forget();
      await this.startNow(renew);
    });
  }

  stop(): Promise<void> {
    return this.inTurn(() => this.stopNow());
  }

  dispose(): void {
    this.phaseChanged.dispose();
    this.started.dispose();
    this.statusArrived.dispose();
  }

  async request<Answer>(method: string, params: unknown, token?: vscode.CancellationToken): Promise<Answer> {
    const client = this.running();
    // A token that is left out would be sent as a second parameter.
    return token === undefined
      ? client.sendRequest<Answer>(method, params)
      : client.sendRequest<Answer>(method, params, token);
  }

  async command<Answer>(command: ServerCommand, ...args: unknown[]): Promise<Answer> {
    return (await this.running().sendRequest(ExecuteCommandRequest.type, {
      command,
      arguments: args,
    })) as Answer;
  }

  /** A command that the user may have had enough of. */
  async cancellable<Answer>(command: ServerCommand, argument: unknown, token: vscode.CancellationToken): Promise<Answer> {
    const params = { command, arguments: [argument] };
    return (await this.running().sendRequest(ExecuteCommandRequest.type, params, token)) as Answer;
  }

  /** Hears what the server sends by $/progress under a token of ours. */
  listen<Piece>(type: ProgressType<Piece>, token: string, hear: (piece: Piece) => void): vscode.Disposable {
    return this.running().onProgress(type, token, hear);
  }

  private running(): LanguageClient {
    if (this.client?.isRunning() !== true) {
      throw new NotRunning();
    }
    return this.client;
  }

  /** Starts and stops wait for each other. */
  private inTurn(act: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(act, act);
    return this.queue;
  }

  private async startNow(renew = false): Promise<void> {
    if (this.client !== undefined) {
      return;
    }
    try {
      this.enter('installing');
      const launch = await this.parts.prepare(renew);
      try {
        await this.launch(launch);
      } catch (error) {
        this.parts.log.warn(`the server did not start: ${String(error)}`);
        await this.launch(await this.parts.prepare(true));
      }
    } catch (error) {
      this.enter('failed');
      this.parts.explain(error);
    }
  }

  private async launch(launch: Launch): Promise<void> {
    this.enter('starting');
    const client = this.clientOf(launch);
    client.registerFeature(
      new Ready(() => {
        this.isReady(client);
      }),
    );
    client.onNotification(STATUS, (status: Status) => {
      this.statusArrived.fire(status);
    });
    client.onDidChangeState(({ newState }) => {
      if (newState === State.Starting && client === this.client) {
        this.enter('starting');
      }
    });
    this.client = client;
    this.isLaunching = true;
    try {
      await client.start();
    } catch (error) {
      this.client = undefined;
      await client.dispose().catch(() => undefined);
      throw error;
    } finally {
      this.isLaunching = false;
    }
    const version = client.initializeResult?.serverInfo?.version;
    if (version !== this.parts.version) {
      this.parts.log.warn(`the server is version ${version ?? 'unknown'}, this extension ${this.parts.version}`);
    }
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    if (client !== undefined) {
      await client.dispose().catch((error: unknown) => {
        this.parts.log.warn(`the server did not stop as it should: ${String(error)}`);
      });
    }
    this.enter('stopped');
  }

  private isReady(client: LanguageClient): void {
    if (client === this.client) {
      this.enter('running');
      this.started.fire();
    }
  }

  private enter(phase: Phase): void {
    if (phase !== this.current) {
      this.current = phase;
      this.phaseChanged.fire(phase);
    }
  }

  private clientOf(launch: Launch): LanguageClient {
    const options: LanguageClientOptions = {
      documentSelector: [
        { scheme: 'file' },
        { scheme: 'untitled' },
        { scheme: 'vscode-notebook-cell' },
      ],
      outputChannel: this.parts.log,
      traceOutputChannel: untraced(this.parts.log),
      revealOutputChannelOn: RevealOutputChannelOn.Never,
      initializationFailedHandler: () => false,
      errorHandler: this.errorHandler(),
      middleware: this.parts.middleware,
      connectionOptions: { messageStrategy: { handleMessage: (message, next) => next(inOurWords(message)) } },
    };
    const executable = { command: launch.command, args: [...launch.args], options: { cwd: this.parts.folder } };
    return new QuietClient('foretype', 'Foretype', executable, options);
  }

  private errorHandler(): ErrorHandler {
    return {
      error: () => ({ action: ErrorAction.Continue, handled: true }),
      closed: () => {
        if (this.isLaunching) {
          return { action: CloseAction.DoNotRestart, handled: true }; // `launch` sees it fail
        }
        if (this.crashes.mayRestart()) {
          return { action: CloseAction.Restart, handled: true };
        }
        this.client = undefined;
        this.enter('failed');
        this.parts.explain(new Error('The Foretype server has crashed four times in three minutes and stays off.'));
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    };
  }
}

/**
 * The last feature of a client. It asks the server to tell its status, and knows when the server is of use:
 * a client is `Running` before its features are, and a key that is pressed between the two is asked of nobody.
 */
class Ready implements StaticFeature {
  constructor(readonly initialize: () => void) {}

  fillClientCapabilities(capabilities: ClientCapabilities): void {
    capabilities.experimental = { foretype: true };
  }

  getState(): FeatureState {
    return { kind: 'static' };
  }

  clear(): void {
    // It holds nothing.
  }
}

/** What goes wrong between library and server is for the log; what the user should know, we say. */
class QuietClient extends LanguageClient {
  override error(message: string, data?: unknown): void {
    super.error(message, data, false);
  }
}

/** The log, but one that is never traced to: a trace would have the token and the user's code in it. */
function untraced(log: vscode.LogOutputChannel): vscode.LogOutputChannel {
  return {
    name: log.name,
    logLevel: vscode.LogLevel.Info,
    onDidChangeLogLevel: () => new vscode.Disposable(() => undefined),
    append: () => undefined,
    appendLine: () => undefined,
    replace: () => undefined,
    clear: () => undefined,
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- the interface still asks for it
    show: () => undefined,
    hide: () => undefined,
    dispose: () => undefined,
    trace: () => undefined,
    debug: () => undefined,
    info: () => undefined,
    warn: () => undefined,
    error: () => undefined,
  };
}
