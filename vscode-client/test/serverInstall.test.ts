import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';

import type { Candidate } from '../src/python';
import { CannotInstall, ServerInstall, Stopped, type Progress } from '../src/serverInstall';

/** A Python that makes an environment of itself, and whose pip does what the file `pip` beside it says. */
const PYTHON = `#!/bin/sh
here=$(dirname "$0")
echo "$*" >> "$LOG"
case "$*" in
  *ensurepip*) echo "[\\"$0\\", [3, 12, 0], true]" ;;
  *"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
  *"--no-index"*) exit "$OFFLINE" ;;
  *"pip install"*) exit "$ONLINE" ;;
esac
`;

let root: string;
let install: ServerInstall;
let candidates: Candidate[];
const progress: Progress = { report: () => undefined, signal: new AbortController().signal };

beforeEach(() => {
  root = mkdtempSync(path.join(tmpdir(), 'install-'));
  mkdirSync(path.join(root, 'carried'));
  writeFileSync(path.join(root, 'carried', 'foretype-1.0-py3-none-any.whl'), 'wheel');
  writeFileSync(path.join(root, 'python'), PYTHON);
  chmodSync(path.join(root, 'python'), 0o755);
  process.env['LOG'] = path.join(root, 'log');
  process.env['OFFLINE'] = '0';
  process.env['ONLINE'] = '0';
  install = installOf();
  candidates = [{ command: path.join(root, 'python'), args: [], origin: 'PATH' }];
});

function installOf(): ServerInstall {
  const places = { carried: path.join(root, 'carried'), storage: path.join(root, 'storage') };
  return new ServerInstall(places, () => undefined, 'linux');
}

function carryWheels(): void {
  mkdirSync(path.join(root, 'carried', 'wheels'));
}

function pips(): string[] {
  return readFileSync(path.join(root, 'log'), 'utf8').split('\n').filter((line) => line.includes('pip install'));
}

describe.skipIf(process.platform === 'win32')('the server', () => {
  test('is installed once, and started apart from what lies in the workspace', async () => {
    expect(await install.installed()).toBeUndefined();
    const launch = await install.install(candidates, progress);
    expect(launch.args).toEqual(['-I', '-m', 'foretype', 'lsp']);
    expect(existsSync(launch.command)).toBe(true);
    expect(await installOf().installed()).toEqual(launch);
  });

  test('asks no index where all it needs is carried along', async () => {
    carryWheels();
    await install.install(candidates, progress);
    expect(pips()).toHaveLength(1);
    expect(pips()[0]).toContain('--no-index --find-links');
  });

  test("asks the user's index for what is not", async () => {
    carryWheels();
    process.env['OFFLINE'] = '1';
    await install.install(candidates, progress);
    expect(pips()).toHaveLength(2);
    expect(pips()[1]).not.toContain('--no-index');
  });

  test('is not half installed where neither has it', async () => {
    process.env['ONLINE'] = '1';
    await expect(install.install(candidates, progress)).rejects.toThrow(CannotInstall);
    expect(await install.installed()).toBeUndefined();
    expect(readdirSync(path.join(root, 'storage', 'server'))).toEqual([]);
  });

  test('is a new one where the extension carries a new one, and the old one is forgotten', async () => {
    await install.install(candidates, progress);
    writeFileSync(path.join(root, 'carried', 'foretype-1.0-py3-none-any.whl'), 'a newer wheel');
    expect(await install.installed()).toBeUndefined();
    await install.install(candidates, progress);
    expect(readdirSync(path.join(root, 'storage', 'server'))).toHaveLength(1);
  });

  test('counts as gone where its Python is gone', async () => {
    const { command } = await install.install(candidates, progress);
    unlinkSync(command);
    symlinkSync('/no/such/python', command);
    expect(await install.installed()).toBeUndefined();
  });

  test('is not installed any further once the user stops it', async () => {
    const stop = new AbortController();
    const reports: string[] = [];
    const report = (step: string): void => {
      reports.push(step);
      if (step.startsWith('making')) {
        stop.abort();
      }
    };
    await expect(install.install(candidates, { report, signal: stop.signal })).rejects.toThrow(Stopped);
    expect(reports.at(-1)).toMatch(/^making/);
    expect(await install.installed()).toBeUndefined();
  });

  test('cannot be installed without Python, and that is what is said', async () => {
    await expect(install.install([], progress)).rejects.toThrow(/needs Python 3\.10 or newer.*none on PATH/);
  });
});
