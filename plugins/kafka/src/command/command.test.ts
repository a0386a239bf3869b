import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { freshQueue, kafkaServer } from '../kafka-server.fixture.ts';

vi.setConfig({ testTimeout: 240_000 });

const server = kafkaServer();
const main = fileURLToPath(new URL('main.ts', import.meta.url));

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

function command(words: readonly string[], environment: Record<string, string> = {}): Promise<Finished> {
  const args = ['--conditions=@aiwork/source', main, ...words];
  const env = { ...process.env, KAFKA_BROKERS: server.service().brokers.join(','), ...environment };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, args, { env, timeout: 40_000 }, (_, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, stdout, stderr }),
    );
  });
}

/** A queue whose workers gave up tasks with these payloads. */
async function queueWithout(payloads: readonly string[]): Promise<string> {
  const tasks = await server.tasks({ maxDeliveries: 1 });
  const queue = freshQueue();
  for (const payload of payloads) await tasks.produceTask(queue, payload, { key: 'k\u001b[31m' });
  const stop = new AbortController();
  let over = 0;
  tasks.observe((event) => {
    if (event.type !== 'dead-lettered' || event.queue !== queue) return;
    over += 1;
    if (over === payloads.length) stop.abort();
  });
  await tasks.consumeTasks({ queue, group: 'g', signal: stop.signal }, async (payload) => {
    throw new Error(`no use for ${payload}`);
  });
  return queue;
}

it('shows what was given up, page by page, with nothing that a terminal would obey', async () => {
  const queue = await queueWithout(['one', 'two\u001b[2J', 'three']);
  const about = ['-q', queue, '-g', 'g'];
  expect(await command(['show', ...about])).toEqual({
    code: 0,
    stdout: 'not settled  0\ngiven up     3\n',
    stderr: '',
  });
  const page = await command(['dead-letters', ...about, '-n', '2']);
  expect(page.stdout).toMatch(
    /^0 {2}\d{4}-\S+Z {2}1 delivery {2}key k\n {4}error: {3}no use for one\n {4}payload: "one"\n1 /,
  );
  expect(page.stdout).toContain('no use for two\n');
  expect(page.stderr).toBe('There are more: --from 2\n');
  const rest = await command(['dead-letters', ...about, '--from', '2', '--json']);
  expect(JSON.parse(rest.stdout)).toMatchObject({
    id: '2',
    contentType: 'application/json',
    payload: Buffer.from('"three"').toString('base64'),
    error: { message: 'no use for three' },
  });
  expect(rest.stderr).toBe('');
});

it('puts back those that are named, then all, once', async () => {
  const queue = await queueWithout(['one', 'two', 'three']);
  const about = ['-q', queue, '-g', 'g'];
  expect((await command(['redrive', '1', ...about])).stdout).toBe('Put back 1 task.\n');
  expect(await command(['redrive', '1', 'nonsense', ...about])).toEqual({
    code: 0,
    stdout: 'Put back 0 tasks.\n',
    stderr: '2 of these ids name no dead letter, or one that was put back before.\n',
  });
  const all = await command(['redrive', '--all', ...about, '--json']);
  expect(JSON.parse(all.stdout)).toEqual({ queue, group: 'g', redriven: 2 });
  expect((await command(['redrive', '--all', ...about])).stdout).toBe('Put back 0 tasks.\n');
  expect((await command(['dead-letters', ...about])).stderr).toBe('No dead letters.\n');
  const { unsettled, deadLettered } = JSON.parse((await command(['show', ...about, '--json'])).stdout);
  // Kafka counts the ends of transactions, too.
  expect(unsettled).toBeGreaterThanOrEqual(3);
  expect(deadLettered).toBe(0);
});

it.each([
  [[], 'no command is given'],
  [['drop', '-q', 'q', '-g', 'g'], 'there is no command drop'],
  [['show', '-q', 'q'], '--queue and --group have to be given'],
  [['redrive', '-q', 'q', '-g', 'g'], 'redrive takes either ids or --all'],
  [['dead-letters', '-q', 'q', '-g', 'g', '-n', '0'], '--limit is a whole number from 1 to 1000'],
  [['show', '-q', 'q/', '-g', 'g'], 'the queue is "q/"'],
  [['show', '-q', 'q', '-g', 'g', '-b', 'kafka-1:9092,kafka-2'], 'brokers has "kafka-2": give host:port'],
  [['show', '--password', 'x'], "Unknown option '--password'"],
])('ends with 2 for %j', async (words, why) => {
  const { code, stderr, stdout } = await command(words);
  expect(stderr).toContain(`aiwork-kafka: ${why}`);
  expect([code, stdout]).toEqual([2, '']);
});

it('ends with 1 and without the password where it is not let in', async () => {
  const secret = { KAFKA_USERNAME: 'ada', KAFKA_PASSWORD: 'sk-live-51a7c0ffee' };
  const { code, stderr } = await command(['show', '-q', 'q', '-g', 'g'], secret);
  expect(stderr).toContain('AIWORK_QUEUE_FAILED');
  expect(stderr).not.toContain('sk-live');
  expect(code).toBe(1);
});

it('explains itself', async () => {
  const { code, stdout } = await command(['--help']);
  expect(stdout).toContain('aiwork-kafka COMMAND --queue NAME --group NAME');
  expect(code).toBe(0);
});
