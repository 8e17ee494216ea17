/** The server's own environment: made from the wheel that the extension carries, renewed when that changes. */

import { createHash } from 'node:crypto';
import * as fs from 'node:fs/promises';
import * as path from 'node:path';

import { run, type Finished } from './process';
import { findPython, type Candidate, type Python, type Unfit } from './python';

/** How to start the server. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
}

export type Cure = 'python' | 'path' | 'retry' | 'log' | 'download';

/** Why there is no server, in a sentence for the user, and what may help. */
export class CannotInstall extends Error {
  constructor(
    message: string,
    readonly cures: readonly Cure[],
  ) {
    super(message);
  }
}

/** The user stopped the installation. */
export class Stopped extends Error {
  constructor() {
    super('The installation was stopped.');
  }
}

export interface Progress {
  report(step: string): void;
  readonly signal: AbortSignal;
}

export interface Places {
  /** Where the extension carries `foretype-*.whl` and perhaps a folder `wheels`. */
  readonly carried: string;
  /** The extension's own storage, the same for all windows. */
  readonly storage: string;
}

export type Log = (line: string) => void;

interface Stamp {
  readonly wheel: string;
  readonly python: string;
}

const STAMP = 'installed.json';
const EXAMINE_MS = 30_000;
const INSTALL_MS = 15 * 60_000;

export class ServerInstall {
  constructor(
    private readonly places: Places,
    private readonly log: Log,
    private readonly platform: NodeJS.Platform = process.platform,
  ) {}

  /** The server that is installed from this very wheel and can be started, if there is one. */
  async installed(): Promise<Launch | undefined> {
    const folder = await this.folder();
    try {
      const stamp = JSON.parse(await fs.readFile(path.join(folder, STAMP), 'utf8')) as Stamp;
      // The environment's Python is a link to another one, which may have been removed since.
      await fs.access(await fs.realpath(this.pythonOf(folder)));
      this.log(`the server is ${stamp.wheel}, on ${stamp.python}`);
      return this.launch(folder);
    } catch {
      return undefined;
    }
  }

  /** Make the environment and put the server into it. */
  async install(candidates: readonly Candidate[], progress: Progress): Promise<Launch> {
    const wheel = await this.wheel();
    progress.report('looking for Python');
    const python = await this.python(candidates, progress);
    const folder = await this.folder();
    // Made aside and moved: another window may be at it too, and half an environment is never taken for one.
    const partial = `${folder}.${process.pid}.partial`;
    await fs.rm(partial, { recursive: true, force: true });
    await fs.mkdir(path.dirname(partial), { recursive: true });
    try {
      progress.report(`making an environment with Python ${python.version}`);
      await this.must(python.executable, ['-I', '-m', 'venv', partial], progress);
      progress.report('installing the server');
      await this.installWheel(partial, wheel, progress);
      await this.must(this.pythonOf(partial), ['-I', '-m', 'foretype', '--version'], progress);
      const stamp: Stamp = { wheel: path.basename(wheel), python: python.executable };
      await fs.writeFile(path.join(partial, STAMP), JSON.stringify(stamp));
      await this.moveIntoPlace(partial, folder);
    } finally {
      await fs.rm(partial, { recursive: true, force: true });
    }
    await this.forgetOthers(folder);
    return this.launch(folder);
  }

  /** Forget the environment, so that the next start makes a new one. */
  async remove(): Promise<void> {
    await fs.rm(await this.folder(), { recursive: true, force: true });
  }

  private launch(folder: string): Launch {
    // Isolated: a folder `foretype` in a workspace, or PYTHONPATH, must not take the server's place.
    return { command: this.pythonOf(folder), args: ['-I', '-m', 'foretype', 'lsp'] };
  }

  private pythonOf(folder: string): string {
    return this.platform === 'win32'
      ? path.join(folder, 'Scripts', 'python.exe')
      : path.join(folder, 'bin', 'python');
  }

  private async wheel(): Promise<string> {
    const names = await fs.readdir(this.places.carried).catch(() => []);
    const wheel = names.find((name) => name.startsWith('foretype-') && name.endsWith('.whl'));
    if (wheel === undefined) {
      throw new CannotInstall(
        'This build of the extension carries no server. Name one in foretype.server.path.',
        ['path'],
      );
    }
    return path.join(this.places.carried, wheel);
  }

  /** One folder for each content of the wheel, so that an update never meets a running server's files. */
  private async folder(): Promise<string> {
    const wheel = await this.wheel();
    const digest = createHash('sha256').update(await fs.readFile(wheel)).digest('hex');
    return path.join(this.places.storage, 'server', digest.slice(0, 16));
  }

  private async python(candidates: readonly Candidate[], progress: Progress): Promise<Python> {
    const found = await findPython(candidates, (command, args) =>
      this.run(command, args, progress, EXAMINE_MS),
    );
    this.stopIfAsked(progress);
    if ('executable' in found) {
      return found;
    }
    throw new CannotInstall(noPython(found), [...(found.length > 0 ? (['log'] as const) : []), 'python', 'download', 'retry']);
  }

  private async installWheel(folder: string, wheel: string, progress: Progress): Promise<void> {
    const python = this.pythonOf(folder);
    const pip = ['-I', '-m', 'pip', 'install', '--no-input', '--disable-pip-version-check'];
    const wheels = path.join(this.places.carried, 'wheels');
    const carriesWheels = await fs.access(wheels).then(() => true, () => false);
    if (carriesWheels) {
      const offline = await this.run(python, [...pip, '--no-index', '--find-links', wheels, wheel], progress);
      if (offline.code === 0) {
        return;
      }
      this.stopIfAsked(progress);
      this.log('not everything is carried along; asking the package index');
    }
    const links = carriesWheels ? ['--find-links', wheels] : [];
    const online = await this.run(python, [...pip, ...links, wheel], progress);
    this.stopIfAsked(progress);
    if (online.code !== 0) {
      throw new CannotInstall(
        'The packages that the server needs could not be installed. ' +
          'pip asks the index of your pip configuration; the log has what it said.',
        ['log', 'retry', 'path'],
      );
    }
  }

  private async moveIntoPlace(partial: string, folder: string): Promise<void> {
    await fs.rm(folder, { recursive: true, force: true });
    try {
      await fs.rename(partial, folder);
    } catch (error) {
      if ((await this.installed()) === undefined) {
        throw error; // else another window was faster, with the same wheel
      }
    }
  }

  /** Environments of earlier versions; one that a server still runs from may stay until the next time. */
  private async forgetOthers(folder: string): Promise<void> {
    const all = path.dirname(folder);
    for (const name of await fs.readdir(all)) {
      if (path.join(all, name) !== folder && !name.endsWith('.partial')) {
        await fs.rm(path.join(all, name), { recursive: true, force: true }).catch(() => undefined);
      }
    }
  }

  private async must(command: string, args: readonly string[], progress: Progress): Promise<void> {
    const finished = await this.run(command, args, progress);
    this.stopIfAsked(progress);
    if (finished.code !== 0) {
      throw new CannotInstall(
        `${command} could not set up the server's environment; the log has what it said.`,
        ['log', 'python', 'retry'],
      );
    }
  }

  private async run(
    command: string,
    args: readonly string[],
    progress: Progress,
    limitMs = INSTALL_MS,
  ): Promise<Finished> {
    await fs.mkdir(this.places.storage, { recursive: true });
    this.log(`> ${command} ${args.filter((arg) => !arg.includes('\n')).join(' ')}`);
    const finished = await run(command, args, { cwd: this.places.storage, signal: progress.signal, limitMs });
    const said = `${finished.stdout}${finished.stderr}`.trim();
    if (said !== '') {
      this.log(said);
    }
    return finished;
  }

  private stopIfAsked(progress: Progress): void {
    if (progress.signal.aborted) {
      throw new Stopped();
    }
  }
}

/** What is missing, plainly. */
function noPython(unfit: readonly Unfit[]): string {
  const needed = 'Foretype needs Python 3.10 or newer to run its server';
  if (unfit.length === 0) {
    return `${needed}, and there is none on PATH. Install one, or name one in foretype.server.python.`;
  }
  const each = unfit.map(({ candidate, problem }) => `${candidate.command} ${problem}`);
  return `${needed}: ${each.join('; ')}.`;
}
