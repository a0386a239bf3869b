import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Execution } from '@aiwork/client';
import { describe, expect, it } from 'vitest';
import { heldRedis } from './held-redis.fixture.ts';
import type { ServerProcessOptions } from './serve-process.fixture.ts';
import { ask, type ServerProcess, startServer } from './server-process.fixture.ts';
import { watchEvents } from './watch-events.fixture.ts';

type Store = NonNullable<ServerProcessOptions['store']>;

const starts = 120;
const clients = 8;
const killedAfter = 40;

/** Starts an execution under a key until a server has accepted it: at the next one where one does not answer. */
async function startOnce(servers: readonly ServerProcess[], key: string, first: number): Promise<string> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const server = servers[(first + attempt) % servers.length];
    try {
      const response = await fetch(`${server?.url}/execute-async`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body: JSON.stringify({ unit: 'slow', input: { ms: 25 }, tags: ['load'] }),
      });
      if (response.status === 202) return ((await response.json()) as Execution).executionId;
      if (response.status !== 503) throw new Error(`${response.status} ${await response.text()}`);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
    }
    await delay(20);
  }
  throw new Error(`${key} was accepted nowhere`);
}

async function listAll(server: ServerProcess): Promise<readonly Execution[]> {
  interface Page {
    readonly items: readonly Execution[];
    readonly cursor?: string;
  }
  const all: Execution[] = [];
  for (let cursor = ''; ; ) {
    const page: Page = await ask(server, `/executions?tag=load&limit=50${cursor}`);
    all.push(...page.items);
    if (page.cursor === undefined) return all;
    cursor = `&cursor=${encodeURIComponent(page.cursor)}`;
  }
}

/** Three servers under load, one of which is killed. */
async function killOneOfThree(store: Store): Promise<void> {
  await using first = await startServer({ store, name: 'first' });
  await using second = await startServer({ store, name: 'second' });
  await using third = await startServer({ store, name: 'third' });
  const servers = [first, second, third];
  const accepted = new Map<string, string>();
  const watching: Promise<{
    readonly key: string;
    readonly seqs: readonly number[];
    readonly resumed: number;
  }>[] = [];
  let next = 0;

  async function client(): Promise<void> {
    while (next < starts) {
      const i = next++;
      const key = `key-${i}`;
      const id = await startOnce(servers, key, i);
      accepted.set(key, id);
      // One that may be killed is watched where it is, and where it is not.
      if (i % 6 === 0) {
        const from = [...servers.slice((i / 6) % 3), ...servers];
        watching.push(watchEvents(id, from).then((watched) => ({ key, ...watched })));
      }
      if (accepted.size === killedAfter) await first.kill();
    }
  }
  await Promise.all(Array.from({ length: clients }, client));

  // Some are not sure, and send again: what is there is given, and no second one is started. The others rely on it.
  const again = await Promise.all(
    [...accepted]
      .filter((_, i) => i % 2 === 0)
      .map(async ([key, id]) => [await startOnce([second, third], key, 0), id] as const),
  );
  for (const [id, before] of again) expect(id).toBe(before);

  const states = async () =>
    (await listAll(second)).map(({ executionId, status }) => `${executionId} ${status}`);
  const wanted = [...accepted.values()].map((id) => `${id} succeeded`).sort();
  await expect.poll(async () => (await states()).sort(), { timeout: 60_000, interval: 250 }).toEqual(wanted);
  expect(accepted.size).toBe(starts);

  const seen = await Promise.all(watching);
  for (const { seqs } of seen) expect(seqs).toEqual(seqs.map((_, i) => i + 1));
  expect(seen.filter(({ resumed }) => resumed > 0).length).toBeGreaterThan(0);
  for (const { key, seqs } of seen) {
    const whole = await watchEvents(accepted.get(key) ?? '', [third]);
    expect(seqs).toEqual(whole.seqs);
  }
  for (const server of [second, third]) {
    const { uncaught, failures } = await server.facts();
    expect(uncaught).toEqual([]);
    expect(failures).toEqual([]);
  }
}

describe('kill -9 of one of three servers under load', () => {
  it('loses nothing that was accepted, starts nothing twice and breaks no stream: on one SQLite file', {
    timeout: 300_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-server-kill-'));
    try {
      await killOneOfThree({ sqlite: join(folder, 'runs.db') });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  it('loses nothing that was accepted, starts nothing twice and breaks no stream: on one Redis', {
    timeout: 400_000,
  }, async ({ skip }) => {
    const redis = await heldRedis({ skip });
    await killOneOfThree({ redis, namespace: `kill-${process.pid}-${Date.now()}` });
  });
});
