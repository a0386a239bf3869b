import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { aiwork, flowFile, newFolder, start } from './aiwork.fixture.ts';

it('goes on with the run of a process that was killed, until it is told to stop', {
  timeout: 30_000,
}, async () => {
  const folder = await newFolder();
  const [state, log] = [join(folder, 'runs.db'), join(folder, 'log')];
  const input = JSON.stringify({ log });
  await aiwork(['run', flowFile('crash.ts'), '--state', state, '--run-id', 'first', '-i', input]);
  const { child, seen, finished } = start(['worker', flowFile('crash.ts'), '--state', state]);
  await seen('Working on runs of 1 unit\n');
  await seen('● first goes on: crash');
  await seen('✔ first succeeded after');
  expect(await readFile(log, 'utf8')).toBe('first\nlast\n');
  child.kill('SIGTERM');
  const { code, stderr } = await finished;
  expect(stderr).toContain('Stopping: what its queues brought is finished first, other runs are left.');
  expect(code).toBe(0);
});

it('prints the events of its runs as lines of JSON', { timeout: 30_000 }, async () => {
  const state = join(await newFolder(), 'runs.db');
  const waiting = ['run', flowFile('approval.ts'), '--state', state, '--run-id', 'first', '--no-wait'];
  await aiwork([...waiting, '-i', '{"text":"to be read"}']);
  await aiwork(['runs', 'signal', 'first', 'approve', '{"approved":true}', '--state', state]);
  const { child, seen, finished } = start([
    'worker',
    flowFile('approval.ts'),
    '--state',
    state,
    '--json',
    '--name',
    'desk',
  ]);
  await seen('"run.finished"');
  child.kill('SIGINT');
  const types = (await finished).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).type);
  expect(types[0]).toBe('run.resumed');
  expect(types.at(-1)).toBe('run.finished');
  const shown = await aiwork(['runs', 'show', 'first', '--state', state]);
  expect(shown.stdout).toMatch(/^worker {3}.+:\d+\/[0-9a-f]{12}, then desk\/[0-9a-f]{12}$/m);
});

it('sends what it did, before it ends, where the environment says', { timeout: 60_000 }, async () => {
  const sent: string[] = [];
  const receiver = createServer((request, response) => {
    request.on('data', (part) => sent.push(`${request.url} ${part}`)).on('end', () => response.end());
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void receiver.close());
  await once(receiver, 'listening');
  const { port } = receiver.address() as AddressInfo;
  const state = join(await newFolder(), 'runs.db');
  const input = JSON.stringify({ text: 'to be read' });
  await aiwork([
    'run',
    flowFile('approval.ts'),
    '--state',
    state,
    '--run-id',
    'first',
    '--no-wait',
    '-i',
    input,
  ]);
  await aiwork(['runs', 'signal', 'first', 'approve', '{"approved":true}', '--state', state]);
  const working = ['worker', flowFile('approval.ts'), '--state', state, '--telemetry'];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}` };
  const { child, seen, finished } = start(working, { env });
  await seen('✔ first succeeded after');
  child.kill('SIGTERM');
  expect(await finished).toMatchObject({
    code: 0,
    stderr: expect.not.stringContaining('Sends no telemetry'),
  });
  const to = (signal: string) => sent.filter((part) => part.startsWith(`/v1/${signal} `)).join('');
  expect(to('traces')).toContain('run approval');
  expect(to('metrics')).toContain('aiwork.runs');
});

it('says that telemetry has nowhere to go', { timeout: 30_000 }, async () => {
  const state = join(await newFolder(), 'runs.db');
  const working = ['worker', flowFile('greet.ts'), '--state', state, '--telemetry'];
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: '' };
  const { child, seen, finished } = start(working, { env });
  await seen('Sends no telemetry: OTEL_EXPORTER_OTLP_ENDPOINT says where to');
  await seen('Working on runs of');
  child.kill('SIGTERM');
  expect((await finished).code).toBe(0);
});

it('says what is missing for a queue', { timeout: 30_000 }, async () => {
  const state = join(await newFolder(), 'runs.db');
  const { code, stderr } = await aiwork(['worker', flowFile('greet.ts'), '--state', state, '--queue', 'q']);
  expect(stderr).toContain('queue');
  expect(stderr).toContain('AIWORK_SLOT_EMPTY');
  expect(code).toBe(1);
});

it('refuses a concurrency that is none', { timeout: 30_000 }, async () => {
  const { code, stderr } = await aiwork(['worker', flowFile('greet.ts'), '-c', '0']);
  expect(stderr).toContain('Give a whole number of 1 or more.');
  expect(code).toBe(2);
});
