import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { redisService } from '@aiwork/contract-tests/services';
import type { RunStore } from '@aiwork/core';
import { describe, expect, it, onTestFinished } from 'vitest';
import { redisStorage } from '../storage.ts';
import { effectsOfRun, runs } from './takeover.fixture.ts';

const fixture = join(import.meta.dirname, 'takeover.fixture.ts');
const ids = Array.from({ length: runs }, (_, n) => `run ${n}`);

function start(job: string, ...args: readonly string[]) {
  const child = spawn(process.execPath, ['--conditions=@aiwork/source', fixture, job, ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() };
}

async function killed(child: ChildProcess): Promise<void> {
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  expect(await exit).toEqual([null, 'SIGKILL']);
}

/** Which effects the journals say have happened, as `run step`. */
async function recorded(store: RunStore): Promise<readonly string[]> {
  const effects: string[] = [];
  for (const id of ids) {
    for await (const event of store.events(id)) {
      if (event.type === 'effect.recorded') effects.push(`${id} ${event.stepId}`);
    }
  }
  return effects;
}

async function happened(file: string): Promise<readonly string[]> {
  return (await readFile(file, 'utf8')).trim().split('\n');
}

async function untilAllSucceeded(store: RunStore): Promise<void> {
  while ((await store.list({ status: 'succeeded', limit: 1000 })).items.length < runs) await delay(50);
}

describe('a worker that is killed', () => {
  it(`loses none of its ${runs} runs, and no effect that was recorded happens again`, {
    timeout: 60_000,
  }, async () => {
    await using held = await redisService({ appendfsync: 'everysec' }).hold();
    const { url } = held.service;
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-takeover-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, 'effects.txt');
    await using storage = await redisStorage({ url, namespace: 'takeover' });
    const store = storage.runStore;

    const other = start('work', url, 'takeover', file);
    expect((await other.lines.next()).value).toBe('works');
    const owner = start('own', url, 'takeover', file);
    for (let steps = 0; steps < 2.5 * runs; steps += 1) await owner.lines.next();
    await killed(owner.child);
    const atKill = await recorded(store);
    expect(atKill.length).toBeGreaterThan(runs);
    expect((await store.list({ status: 'running', limit: 1000 })).items).toHaveLength(runs);

    await untilAllSucceeded(store);
    other.child.stdin.end('end\n');
    expect(await once(other.child, 'exit')).toEqual([0, null]);
    expect(await recorded(store)).toHaveLength(runs * effectsOfRun);
    const effects = await happened(file);
    const seen = Map.groupBy(effects, (effect) => effect);
    expect(seen.size).toBe(runs * effectsOfRun);
    const repeated = [...seen].flatMap(([effect, times]) => (times.length > 1 ? [effect] : []));
    expect(repeated.filter((effect) => atKill.includes(effect))).toEqual([]);
    // What was under way, done and not yet recorded, may happen once more: one effect of each run at most.
    expect(effects.length - seen.size).toBeLessThanOrEqual(runs);
  });
});
