/** Finding a Python that can run the server: what the user set, what the editor uses, what PATH has. */

import { existsSync, statSync } from 'node:fs';
import * as path from 'node:path';

import type { Finished } from './process';

export const OLDEST: readonly [number, number] = [3, 10];

/** A way to start Python that may or may not work. */
export interface Candidate {
  readonly command: string;
  readonly args: readonly string[];
  readonly origin: 'setting' | 'interpreter' | 'PATH' | 'launcher';
}

export interface Python {
  readonly executable: string;
  readonly version: string;
}

/** What is wrong with a candidate, as the end of the sentence "X …". */
export interface Unfit {
  readonly candidate: Candidate;
  readonly problem: string;
}

export type Look = (command: string, args: readonly string[]) => Promise<Finished>;

/** Isolated, so that neither PYTHONPATH nor the working folder has a say in what is imported. */
const QUESTION = [
  '-I',
  '-c',
  'import json, sys\n' +
    'try:\n import ensurepip, venv\n able = True\n' +
    'except ImportError:\n able = False\n' +
    'print(json.dumps([sys.executable, list(sys.version_info[:3]), able]))',
];

/** The first candidate that can make the server's environment, or what is wrong with each. */
export async function findPython(
  candidates: readonly Candidate[],
  look: Look,
): Promise<Python | readonly Unfit[]> {
  const unfit: Unfit[] = [];
  for (const candidate of candidates) {
    const found = examine(await look(candidate.command, [...candidate.args, ...QUESTION]));
    if (typeof found !== 'string') {
      return found;
    }
    unfit.push({ candidate, problem: found });
  }
  return unfit;
}

function examine(finished: Finished): Python | string {
  const answer = finished.code === 0 ? parsed(finished.stdout) : undefined;
  if (answer === undefined) {
    return 'cannot be started';
  }
  const [executable, [major, minor, micro], able] = answer;
  const version = `${major}.${minor}.${micro}`;
  if (major < OLDEST[0] || (major === OLDEST[0] && minor < OLDEST[1])) {
    return `is Python ${version}, and ${OLDEST.join('.')} or newer is needed`;
  }
  if (!able) {
    return `is Python ${version} without its modules venv and ensurepip (on Debian and Ubuntu: the package python3-venv)`;
  }
  return { executable, version };
}

type Answer = [executable: string, version: [number, number, number], able: boolean];

function parsed(text: string): Answer | undefined {
  try {
    return JSON.parse(text) as Answer;
  } catch {
    return undefined;
  }
}

export interface Surroundings {
  /** What `foretype.server.python` says, if anything. */
  readonly setting: string;
  /** The interpreter that the Python extension uses, where that may be used. */
  readonly interpreter: string | undefined;
  readonly path: string;
  readonly platform: NodeJS.Platform;
}

/** Where Python may be, best first; a setting stands alone, so that it is never silently passed over. */
export function candidatesIn(around: Surroundings): Candidate[] {
  if (around.setting !== '') {
    return [{ command: around.setting, args: [], origin: 'setting' }];
  }
  const found: Candidate[] = [];
  if (around.interpreter !== undefined) {
    found.push({ command: around.interpreter, args: [], origin: 'interpreter' });
  }
  for (const name of ['python3', 'python']) {
    const command = onPath(name, around.path, around.platform);
    if (command !== undefined) {
      found.push({ command, args: [], origin: 'PATH' });
    }
  }
  const launcher = around.platform === 'win32' ? onPath('py', around.path, 'win32') : undefined;
  if (launcher !== undefined) {
    found.push({ command: launcher, args: ['-3'], origin: 'launcher' });
  }
  return found;
}

/** A program in an absolute folder of PATH: a relative one would mean the workspace. */
export function onPath(name: string, variable: string, platform: NodeJS.Platform): string | undefined {
  const file = platform === 'win32' ? `${name}.exe` : name;
  return variable
    .split(path.delimiter)
    .filter((folder) => path.isAbsolute(folder))
    .map((folder) => path.join(folder, file))
    .find((program) => existsSync(program) && statSync(program).isFile());
}
