import { setTimeout as delay } from 'node:timers/promises';
import { createOrchestrator, defineFlow } from '@aiwork/core';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { redis } from '../plugin.ts';
import { redisServer } from '../redis-server.fixture.ts';

const server = redisServer({ appendfsync: 'always' });
const steps = 60;

beforeEach(({ skip }) => {
  if (!server.service().restart) skip('the server of AIWORK_REDIS_URL is not ours to restart');
});

/** A chain of steps that calls `each` with the number of every step. */
const chain = (each: (step: number) => void) =>
  defineFlow({ id: 'chain', input: z.string() }, (f) => {
    let at = f.step('s0', { run: () => 0 });
    for (let step = 1; step < steps; step += 1) {
      const last = at;
      at = f.step(`s${step}`, {
        needs: { last },
        async run({ last }, { once }) {
          await once('count', () => each(step));
          await delay(5);
          return last + 1;
        },
      });
    }
    return at;
  });

describe('runs under way', () => {
  it.each(['restart', 'kill'] as const)(
    'go on after a %s of Redis, and do nothing twice',
    {
      timeout: 60_000,
    },
    async (fault) => {
      const { service } = server;
      const counts = new Map<string, number>();
      const flow = chain((step) => {
        const name = `s${step}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      });
      const namespace = `${fault} ${process.pid}`;
      await using ai = createOrchestrator({
        plugins: [redis({ url: service().url, namespace, commandTimeoutMs: 20_000 })],
      });
      const runs = await Promise.all(Array.from({ length: 20 }, () => ai.start(flow, '')));
      const ended = Promise.all(runs.map((run) => run.result()));
      while ((counts.get('s20') ?? 0) === 0) await delay(5);
      await service()[fault]?.();
      expect(await ended).toEqual(runs.map(() => steps - 1));
      expect([...new Set(counts.values())]).toEqual([runs.length]);
      for (const run of runs) {
        const journal = [];
        for await (const event of ai.events(run.id)) journal.push(event);
        expect(journal.map(({ seq }) => seq)).toEqual(journal.map((_, index) => index + 1));
        expect(journal.filter(({ type }) => type === 'run.resumed')).toEqual([]);
        expect(journal.filter(({ type }) => type === 'step.succeeded')).toHaveLength(steps);
      }
    },
  );
});
