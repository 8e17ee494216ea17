// Packs the installable file: node package.mjs SERVER_FOLDER OUT.vsix
//
// SERVER_FOLDER has the server's wheel and perhaps a folder `wheels` with what it depends on. The same
// inputs give the same bytes: every file is laid out anew with one mode, one time, in one order.
import { chmod, cp, mkdir, mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createVSIX } from '@vscode/vsce';

process.env.SOURCE_DATE_EPOCH ??= String(Date.UTC(2026, 0, 1) / 1000);
process.env.TZ = 'UTC'; // zip files know only local time

const LARGEST_CLIENT = 1_000_000; // bytes, without the server
const [server, packagePath] = process.argv.slice(2).map((name) => path.resolve(name));
if (packagePath === undefined || !(await readdir(server)).some((name) => /^foretype-.*\.whl$/.test(name))) {
  throw new Error('usage: node package.mjs FOLDER_WITH_THE_WHEEL OUT.vsix');
}

const here = import.meta.dirname;
const stage = await mkdtemp(path.join(tmpdir(), 'foretype-vsix-'));
try {
  for (const name of ['package.json', 'README.md', 'media', 'dist']) {
    await cp(path.join(here, name), path.join(stage, name), { recursive: true });
  }
  await cp(path.join(here, '..', 'LICENSE'), path.join(stage, 'LICENSE.txt'));
  await cp(server, path.join(stage, 'server'), { recursive: true });
  const names = await readdir(stage, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  await Promise.all(files.map((file) => chmod(file, 0o644)));
  await mkdir(path.dirname(packagePath), { recursive: true });
  await createVSIX({ cwd: stage, packagePath, dependencies: false, allowMissingRepository: true });
} finally {
  await rm(stage, { recursive: true, force: true });
}

const [whole, carried] = [(await stat(packagePath)).size, await sizeOf(server)];
const client = whole - carried; // a wheel is compressed already
console.log(`${path.relative(process.cwd(), packagePath)}: ${kb(whole)}, of which the server ${kb(carried)}, the client ${kb(client)}`);
if (client > LARGEST_CLIENT) {
  throw new Error(`the client has grown past ${kb(LARGEST_CLIENT)}`);
}

async function sizeOf(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = entries
    .filter((entry) => entry.isFile())
    .map(async (entry) => (await stat(path.join(entry.parentPath, entry.name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}

function kb(bytes) {
  return `${Math.round(bytes / 1000)} kB`;
}
