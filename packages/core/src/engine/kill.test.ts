import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createOrchestrator } from '../orchestrator.ts';
import { sqlite } from '../sqlite.ts';
import { eventsOf } from './engine.fixture.ts';
import { steps } from './kill.fixture.ts';

const folders: string[] = [];
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

describe('kill -9 in the middle of a run', () => {
  it('loses no finished step: started again, it goes on, and every recorded effect happens once', {
    timeout: 60_000,
  }, async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-kill-'));
    folders.push(folder);
    const path = join(folder, 'runs.db');
    const effects = join(folder, 'effects.txt');

    let killed = 0;
    for (const at of ['s40', 's90', 's91', 's150']) killed += await killAt(work(path, effects), at);
    expect(killed).toBe(4);
    const last = work(path, effects);
    const output = await outputOf(last);
    expect(output).toContain(`result ${steps - 1}\n`);

    await using ai = createOrchestrator({ plugins: [sqlite({ path })] });
    const events = await eventsOf(ai.events('r'));
    expect(events.map((event) => event.seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.filter((event) => event.type === 'run.resumed')).toHaveLength(4);
    const succeeded = events.flatMap((event) => (event.type === 'step.succeeded' ? [event.stepId] : []));
    expect(succeeded).toEqual(Array.from({ length: steps }, (_, i) => `s${i}`));

    // An effect under way at a kill, done and not yet recorded, is repeated under its own key; no other is.
    const lines = (await readFile(effects, 'utf8')).trim().split('\n');
    expect(new Set(lines).size).toBe(steps - 1);
    expect(lines.length - (steps - 1)).toBeLessThanOrEqual(4);
    const recorded = events.filter((event) => event.type === 'effect.recorded');
    expect(recorded).toHaveLength(steps - 1);
  });
});

function work(path: string, effects: string): ChildProcess {
  const script = join(import.meta.dirname, 'kill.fixture.ts');
  return spawn(process.execPath, ['--conditions=@aiwork/source', script, path, effects], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'] ?? '' },
  });
}

/** Kills the process as soon as it has told that the step succeeded; gives 1 when that is what ended it. */
async function killAt(child: ChildProcess, step: string): Promise<number> {
  const exited = once(child, 'exit');
  let output = '';
  for await (const data of child.stdout ?? []) {
    output += String(data);
    if (output.includes(`${step}\n`)) child.kill('SIGKILL');
  }
  const [, signal] = await exited;
  return signal === 'SIGKILL' ? 1 : 0;
}

async function outputOf(child: ChildProcess): Promise<string> {
  let output = '';
  for await (const data of child.stdout ?? []) output += String(data);
  return output;
}
