/** Running another program to its end, without a shell. */

import { spawn } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** Where it runs; never the workspace, whose files a program might pick up. */
  readonly cwd: string;
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

const LONGEST_OUTPUT = 200_000;

/** What a program said and how it ended; a program that cannot be started ends with `null`. */
export function run(command: string, args: readonly string[], running: Running): Promise<Finished> {
  return new Promise((resolve) => {
    let stdout = '';
    let stderr = '';
    const child = spawn(command, args, {
      cwd: running.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
      ...(running.signal === undefined ? {} : { signal: running.signal }),
      ...(running.limitMs === undefined ? {} : { timeout: running.limitMs }),
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout = (stdout + text).slice(-LONGEST_OUTPUT);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-LONGEST_OUTPUT);
    });
    child.once('error', (error) => {
      resolve({ code: null, stdout, stderr: stderr + error.message });
    });
    child.once('close', (code) => {
      resolve({ code, stdout, stderr });
    });
  });
}
