import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { freshQueue, jobsOf, kafkaServer, worker } from './kafka-server.fixture.ts';

const server = kafkaServer();
const program = fileURLToPath(new URL('../../../packages/cli/src/main.ts', import.meta.url));
const flowFile = fileURLToPath(new URL('queue-flow.fixture.ts', import.meta.url));

/** What `aiwork queue` says in a process of its own. */
async function aiworkQueue(command: string, queue: string, ...words: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@aiwork/source',
      program,
      'queue',
      command,
      flowFile,
      '-q',
      queue,
      '-g',
      'workers',
      ...words,
    ],
    { env: { ...process.env, TEST_BROKERS: server.service().brokers.join(',') } },
  );
  return stdout || stderr;
}

it('shows the dead letters of workers in other processes, and puts them back', {
  timeout: 90_000,
}, async () => {
  const { queue } = await server.tasks({ maxDeliveries: 1 });
  const name = freshQueue();
  await queue.enqueue(jobsOf(name, 5));
  const giving = worker(queue, { queues: [name] }, async ({ id }) => {
    throw new Error(`no page for ${id}`);
  });
  await vi.waitUntil(async () => (await queue.depth(name, 'workers')).deadLettered === 5, 60_000);
  await giving.stop();
  expect(JSON.parse(await aiworkQueue('show', name, '--json'))).toMatchObject({
    waiting: 0,
    deadLettered: 5,
  });
  const lines = (await aiworkQueue('dead-letters', name, '--json')).trim().split('\n');
  const [first] = lines.map((line) => JSON.parse(line));
  expect(lines).toHaveLength(5);
  expect(await aiworkQueue('dead-letters', name, '--letter', first.id)).toContain(
    `no page for ${first.job.id}`,
  );
  expect(await aiworkQueue('redrive', name, first.id)).toBe('Put back 1 dead letter.\n');
  expect(await aiworkQueue('redrive', name, '--all')).toBe('Put back 4 dead letters.\n');
  const seen = new Set<string>();
  const mended = worker(queue, { queues: [name] }, async ({ id }) => {
    seen.add(id);
  });
  await vi.waitUntil(() => seen.size >= 5, 60_000);
  await mended.stop();
  expect(await queue.depth(name, 'workers')).toEqual({ waiting: 0, inFlight: 0, deadLettered: 0 });
});

it('says that what was given up is no job', { timeout: 60_000 }, async () => {
  const { queue, produceTask } = await server.tasks({ maxDeliveries: 1 });
  const name = freshQueue();
  await produceTask(name, 'no job');
  const { stop } = worker(queue, { queues: [name] }, async () => {});
  await vi.waitUntil(async () => (await queue.depth(name, 'workers')).deadLettered === 1, 60_000);
  await stop();
  expect(await aiworkQueue('dead-letters', name)).toBe(
    'No jobs among the dead letters, of which there are 1: see what else is sent to the queue.\n',
  );
});
