import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { benchResilience } from './bench-resilience.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('measures what makes calls hold, at a size that says nothing about speed', {
  timeout: 120_000,
}, async () => {
  const { rows, targets } = await benchResilience(
    {
      failures: { rounds: 1, requests: 200, together: 50 },
      dead: { rounds: 1, requests: 20, together: 5, answerMs: 5 },
      overhead: { rounds: 1, requests: 10 },
    },
    folder,
  );
  const of = (subject: string, metric: string) =>
    rows.find((row) => row.subject === subject && row.metric === metric)?.value;
  for (const subject of ['@aiwork/resilience', 'cockatiel', 'p-retry']) {
    expect(of(subject, 'calls a request')).toBeGreaterThan(1.1);
    expect(of(subject, 'answered in time')).toBeGreaterThan(90);
  }
  expect(of('one attempt', 'answered in time')).toBeLessThan(85);
  expect(rows.filter(({ metric }) => metric === 'mean of a request').map(({ subject }) => subject)).toEqual([
    '@aiwork/resilience',
    'cockatiel',
  ]);
  expect(targets.map(({ limit }) => limit)).toEqual([99.9, 1.01]);
});
