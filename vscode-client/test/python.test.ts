import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { describe, expect, test } from 'vitest';

import type { Finished } from '../src/process';
import { candidatesIn, findPython, type Candidate, type Look } from '../src/python';

const NOTHING_SET = { setting: '', interpreter: undefined, path: '', platform: 'linux' as const };

function candidate(command: string): Candidate {
  return { command, args: [], origin: 'PATH' };
}

function python(version: [number, number, number], able = true): Finished {
  return { code: 0, stdout: JSON.stringify(['/real/python', version, able]), stderr: '' };
}

function machine(programs: Record<string, Finished>): Look {
  return (command) => Promise.resolve(programs[command] ?? { code: null, stdout: '', stderr: 'ENOENT' });
}

describe('the Python that is taken', () => {
  test('is the first that is new enough and can make environments', async () => {
    const look = machine({ old: python([3, 9, 2]), bare: python([3, 12, 1], false), good: python([3, 13, 0]) });
    const found = await findPython(['gone', 'old', 'bare', 'good'].map(candidate), look);
    expect(found).toEqual({ executable: '/real/python', version: '3.13.0' });
  });

  test('may be what the launcher of Windows starts, which is asked with its own word first', async () => {
    const asked: string[][] = [];
    const look: Look = (command, args) => {
      asked.push([command, ...args]);
      return Promise.resolve(command === 'py.exe' ? python([3, 12, 4]) : { code: 9009, stdout: '', stderr: 'Python was not found' });
    };
    const candidates: Candidate[] = [candidate('python.exe'), { command: 'py.exe', args: ['-3'], origin: 'launcher' }];
    expect(await findPython(candidates, look)).toEqual({ executable: '/real/python', version: '3.12.4' });
    expect(asked.map((words) => words.slice(0, 3))).toEqual([['python.exe', '-I', '-c'], ['py.exe', '-3', '-I']]);
  });

  test('is 3.10 at the oldest', async () => {
    expect(await findPython([candidate('a')], machine({ a: python([3, 10, 0]) }))).toHaveProperty('executable');
    expect(await findPython([candidate('a')], machine({ a: python([4, 0, 0]) }))).toHaveProperty('executable');
  });

  test('is none where each has its trouble, and each trouble is named', async () => {
    const odd = { code: 0, stdout: 'hello', stderr: '' };
    const look = machine({ old: python([3, 9, 2]), bare: python([3, 12, 1], false), odd });
    const unfit = await findPython(['gone', 'old', 'bare', 'odd'].map(candidate), look);
    expect(unfit).toMatchObject([
      { problem: 'cannot be started' },
      { problem: 'is Python 3.9.2, and 3.10 or newer is needed' },
      { problem: expect.stringContaining('python3-venv') as string },
      { problem: 'cannot be started' },
    ]);
  });
});

describe('where Python is looked for', () => {
  function folderWith(...names: string[]): string {
    const folder = mkdtempSync(path.join(tmpdir(), 'path-'));
    for (const name of names) {
      writeFileSync(path.join(folder, name), '');
    }
    return folder;
  }

  test('a setting stands alone', () => {
    const around = { ...NOTHING_SET, setting: '/mine', interpreter: '/active', path: folderWith('python3') };
    expect(candidatesIn(around).map(({ command }) => command)).toEqual(['/mine']);
  });

  test('else the interpreter in use comes before PATH', () => {
    const folder = folderWith('python', 'python3');
    const found = candidatesIn({ ...NOTHING_SET, interpreter: '/active', path: folder });
    expect(found.map(({ command }) => command)).toEqual([
      '/active',
      path.join(folder, 'python3'),
      path.join(folder, 'python'),
    ]);
  });

  test('the launcher of Windows comes last', () => {
    const around = { ...NOTHING_SET, path: folderWith('py.exe', 'python.exe'), platform: 'win32' as const };
    const found = candidatesIn(around).map(({ command, args }) => [path.basename(command), ...args]);
    expect(found).toEqual([['python.exe'], ['py.exe', '-3']]);
  });

  test('a relative folder of PATH, which would be the workspace, counts for nothing', () => {
    const folder = folderWith();
    mkdirSync(path.join(folder, 'python3'));
    expect(candidatesIn({ ...NOTHING_SET, path: ['.', 'bin', '', folder].join(path.delimiter) })).toEqual([]);
  });
});
