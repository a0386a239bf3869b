import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator, defineAgent } from '@aiwork/core';
import { scriptedChatModel } from '@aiwork/core/testing';
import { expect, it, onTestFinished, vi } from 'vitest';
import { use } from './use.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

/** The servers that the makers of the protocol publish. */
const reference = (name: 'everything' | 'filesystem' | 'memory', ...args: string[]) => {
  const manifest = createRequire(import.meta.url).resolve(
    `@modelcontextprotocol/server-${name}/package.json`,
  );
  return { command: process.execPath, args: [join(manifest, '../dist/index.js'), ...args] };
};

async function newFolder(): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'aiwork-mcp-')));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

it('an agent works with the files of the filesystem server', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'note.txt'), 'the key is under the pot');
  const { mcp, call } = await use({ files: reference('filesystem', folder) });
  const agent = defineAgent({
    id: 'reader',
    instructions: 'Answer from the files.',
    tools: mcp,
    model: scriptedChatModel([
      { toolCalls: [{ name: 'read_text_file', input: { path: join(folder, 'note.txt') } }] },
      ({ messages }) => `It says: ${JSON.stringify(messages.at(-1)?.content)}`,
    ]),
  });
  await using ai = createOrchestrator();
  const answer = await (await ai.start(agent, 'Where is the key?')).result();
  expect(answer).toContain('the key is under the pot');
  await expect(call('read_text_file', { path: '/etc/passwd' })).rejects.toMatchObject({
    message: expect.stringContaining('Access denied'),
  });
});

it('the memory server keeps what it is told', async () => {
  const file = join(await newFolder(), 'memory.jsonl');
  const { call } = await use({ memory: { ...reference('memory'), env: { MEMORY_FILE_PATH: file } } });
  const entities = [{ name: 'Ada', entityType: 'person', observations: ['counts'] }];
  await call('create_entities', { entities });
  expect(await call('search_nodes', { query: 'Ada' })).toMatchObject({ entities });
  expect(await readFile(file, 'utf8')).toContain('"Ada"');
});

it('the everything server is used as far as tools go', async () => {
  const { call, names } = await use({ all: reference('everything') });
  expect(names()).toContain('echo');
  expect(await call('echo', { message: 'good day' })).toBe('Echo: good day');
  expect(await call('get-sum', { a: 1, b: 2 })).toContain('3');
  expect(await call('get-structured-content', { location: 'Chicago' })).toMatchObject({
    temperature: expect.any(Number),
  });
  expect(await call('get-tiny-image')).toMatch(/\[image: image\/png, \d+ bytes\]/);
  expect(await call('get-resource-links', { count: 2 })).toContain('[resource: ');
  expect(String(await call('get-env'))).not.toContain('VITEST');
  await expect(call('get-sum', { a: 'one', b: 2 })).rejects.toThrow(/a/);
});

it('the everything server tells over HTTP how far it is, in a session that is ended', async () => {
  const port = await freePort();
  const { command, args } = reference('everything', 'streamableHttp');
  const child = spawn(command, args, {
    env: { ...process.env, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    if (child.exitCode === null) await once(child, 'exit');
  });
  await expect.poll(() => output, { timeout: 60_000 }).toContain(`listening on port ${port}`);
  const { mcp, find, orchestrator } = await use({ all: { url: `http://127.0.0.1:${port}/mcp` } });
  const run = await orchestrator.start(find('trigger-long-running-operation'), { duration: 1, steps: 4 });
  expect(await run.result()).toContain('Long running operation completed');
  const told = [];
  for await (const event of orchestrator.events(run.id)) if (event.type === 'emitted') told.push(event.data);
  expect(told).toContainEqual(expect.objectContaining({ total: 4 }));
  await mcp.close();
  await expect.poll(() => output).toContain('session termination');
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
