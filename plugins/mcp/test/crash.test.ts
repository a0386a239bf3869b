import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it, onTestFinished, vi } from 'vitest';
import { isAlive } from './use.fixture.ts';

vi.setConfig({ testTimeout: 120_000, expect: { poll: { timeout: 60_000 } } });

const program = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url));

it('an agent that was killed goes on without calling a tool twice, and leaves no program behind', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-mcp-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const log = join(folder, 'log');
  const run = (mode: string) =>
    promisify(execFile)(process.execPath, [
      '--conditions=@aiwork/source',
      program,
      join(folder, 'runs.db'),
      log,
      mode,
    ]);
  await expect(run('start')).rejects.toMatchObject({ signal: 'SIGKILL' });
  expect(await readFile(log, 'utf8')).toContain('echo first');
  // Until the lease of the one that was killed is over.
  await expect
    .poll(() => run('resume').then(({ stdout }) => stdout, String), { timeout: 90_000 })
    .toBe('both were said\n');
  const lines = await readFile(log, 'utf8');
  expect(lines.match(/echo .*/g)).toEqual(['echo first', 'echo second']);
  const pids = [...lines.matchAll(/started (\d+)/g)].map(([, pid]) => Number(pid));
  await expect.poll(() => pids.filter(isAlive), { timeout: 20_000 }).toEqual([]);
});
