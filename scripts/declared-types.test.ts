import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { mentionsOfNode } from './declared-types.ts';

async function mentionsIn(files: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-declared-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const mentions = await mentionsOfNode(join(folder, 'index.d.ts'));
  return mentions.map((mention) => mention.slice(mention.lastIndexOf('/') + 1));
}

it.each([
  [
    'an import',
    "import type { Server } from 'node:http';\nexport declare const server: Server;",
    'node:http',
  ],
  ['a type that is imported in place', "export declare const s: import('node:tls').TlsOptions;", 'node:tls'],
  ['a reference', '/// <reference types="node" />\nexport {};', 'node'],
  ['a global type', 'export declare function read(): Buffer;', 'Buffer'],
  ['a global namespace', 'export declare const timer: NodeJS.Timeout;', 'NodeJS'],
])('finds %s', async (_, text, name) => {
  expect(await mentionsIn({ 'index.d.ts': text })).toEqual([`index.d.ts needs ${name}`]);
});

it('follows what a declaration imports from beside it, and nothing else', async () => {
  const mentions = await mentionsIn({
    'index.d.ts': "export * from './one.js';\nexport type { Two } from './two.ts';\nimport 'elsewhere';",
    'one.d.ts': 'export type One = Buffer;',
    'two.d.ts': "import './index.js';\nexport type Two = Buffer;",
    'three.d.ts': 'export type Three = Buffer;',
  });
  expect(mentions).toEqual(['one.d.ts needs Buffer', 'two.d.ts needs Buffer']);
});

it('takes no comment and no longer name for a mention', async () => {
  const text = "/** Not a Buffer: see node:http. */\nexport type NodeJSON = ArrayBuffer; // import 'node:fs'";
  expect(await mentionsIn({ 'index.d.ts': text })).toEqual([]);
});
