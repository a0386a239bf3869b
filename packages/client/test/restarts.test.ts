import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { createInterface } from 'node:readline';
import { createClient, type ExecutionEvent } from '@aiwork/client';
import { expect, it, onTestFinished } from 'vitest';
import type { count } from './server-process.fixture.ts';

const program = join(import.meta.dirname, 'server-process.fixture.ts');

async function launch(path: string, port = '0') {
  const child: ChildProcess = spawn(
    process.execPath,
    ['--conditions=@aiwork/source', '--disable-warning=ExperimentalWarning', program, path, port],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  onTestFinished(() => void child.kill('SIGKILL'));
  if (!child.stdout) throw new Error('it has no output');
  const ended = once(child, 'exit').then(([code]): never => {
    throw new Error(`it ended with ${code} before it listened`);
  });
  const [url = ''] = await Promise.race([once(createInterface(child.stdout), 'line'), ended]);
  return {
    url,
    async end(signal: 'SIGKILL' | 'SIGTERM') {
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}

it.each(['SIGKILL', 'SIGTERM'] as const)(
  'an execution is watched and waited for to its end, though its server goes by %s and comes back',
  { timeout: 240_000 },
  async (signal) => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-client-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
    const path = join(folder, 'runs.db');
    const first = await launch(path);
    const client = createClient<{ count: typeof count }>({ url: first.url, maxOutageMs: 120_000 });

    const counting = await client.start('count', { pauseMs: 200 });
    const result = counting.result();
    const seen: ExecutionEvent[] = [];
    for await (const event of counting) {
      seen.push(event);
      if (event.type !== 'step.succeeded' || event.stepId !== 'step-5') continue;
      await first.end(signal);
      await launch(path, new URL(first.url).port);
    }
    expect(await result).toBe(20);
    expect(seen.map(({ seq }) => seq)).toEqual(seen.map((_, i) => i + 1));
    expect(seen.at(-1)).toMatchObject({ type: 'run.finished', status: 'succeeded', output: 20 });
    expect(await Array.fromAsync(client.list())).toHaveLength(1);
  },
);
