import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createOrchestrator, defineFlow } from '@aiwork/core';
import { sqlite } from '@aiwork/core/sqlite';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { serve } from './server.fixture.ts';

it('hands its executions over when it stops: another server goes on with them at once, not when their leases end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-server-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const begun: string[] = [];
  const started = Promise.withResolvers<void>();

  /** Its second step never ends on the first server. */
  const flowOn = (name: string) =>
    defineFlow({ id: 'relay', input: z.string() }, (f) => {
      const first = f.step('first', {
        needs: { text: f.input },
        run: ({ text }) => begun.push(name) && text,
      });
      return f.step('second', {
        needs: { first },
        run: ({ first }, { signal }) => {
          if (name === 'two') return `${first} on ${name}`;
          started.resolve();
          return new Promise<string>((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason), { once: true });
          });
        },
      });
    });
  const serverOn = async (name: string) => {
    const units = [flowOn(name)];
    const plugins = [sqlite({ path: join(folder, 'runs.db') })];
    const orchestrator = createOrchestrator({ units, plugins, leaseTtl: '1h' });
    return serve({ units, orchestrator });
  };

  const [one, two] = [await serverOn('one'), await serverOn('two')];
  await using _worker = await two.orchestrator.worker({ pollInterval: '20ms' });
  const answer = one.post('/execute', { unit: 'relay', input: 'done' });
  await started.promise;
  await one.server.close();
  const { status, body, headers } = await answer;
  expect({ status, state: body.status }).toEqual({ status: 202, state: 'running' });
  await one.orchestrator.close();
  await expect
    .poll(async () => (await two.get(headers.get('location') ?? '')).body, { timeout: 4000 })
    .toMatchObject({ executionId: body.executionId, status: 'succeeded', output: 'done on two' });
  expect(begun).toEqual(['one']);
});
