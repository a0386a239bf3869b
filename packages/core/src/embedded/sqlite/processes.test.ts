import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { collect, runRecord, sqliteStorageAt, temporaryPath } from '../stores.fixture.ts';

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

const fixture = fileURLToPath(new URL('./process.fixture.ts', import.meta.url));

/** Starts `process.fixture.ts`; `lines` gives what it says after `ready`. */
async function start(job: string, path: string, count = 0) {
  const child: Child = spawn(process.execPath, [fixture, job, path, String(count)], {
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const exit = once(child, 'close');
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints += text;
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  expect((await lines.next()).value ?? complaints).toBe('ready');
  return {
    lines,
    go: () => child.stdin.end('go\n'),
    kill: () => child.kill('SIGKILL'),
    /** Resolves when the process has ended by itself, without a word on stderr. */
    async end() {
      const said: number[] = [];
      for (let line = await lines.next(); !line.done; line = await lines.next())
        said.push(Number(line.value));
      expect({ exit: await exit, complaints }).toEqual({ exit: [0, null], complaints: '' });
      return said;
    },
    exit,
  };
}

describe('several processes on one SQLite file', () => {
  it('lose no increment of one counter', { timeout: 30_000 }, async () => {
    const path = temporaryPath();
    const children = await Promise.all([start('increment', path, 200), start('increment', path, 200)]);
    for (const child of children) child.go();
    await Promise.all(children.map((child) => child.end()));
    expect((await sqliteStorageAt(path).stateStore.get('count'))?.value).toBe(400);
  });

  it('append each number of a run exactly once', { timeout: 30_000 }, async () => {
    const path = temporaryPath();
    const { runStore } = sqliteStorageAt(path);
    await runStore.createRun(runRecord('run'));
    const children = await Promise.all([start('contend', path, 200), start('contend', path, 200)]);
    for (const child of children) child.go();
    const won = await Promise.all(children.map((child) => child.end()));
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    expect(won.flat().sort((a, b) => a - b)).toEqual(numbers);
    expect((await collect(runStore.events('run'))).map(({ seq }) => seq)).toEqual(numbers);
  });

  it('keep what was acknowledged when one is killed', { timeout: 30_000 }, async () => {
    const path = temporaryPath();
    const { runStore } = sqliteStorageAt(path);
    await runStore.createRun(runRecord('run'));
    const child = await start('endless', path);
    child.go();
    let acknowledged = 0;
    while (acknowledged < 300) acknowledged = Number((await child.lines.next()).value);
    child.kill();
    expect(await child.exit).toEqual([null, 'SIGKILL']);
    for (let line = await child.lines.next(); !line.done; line = await child.lines.next()) {
      acknowledged = Number(line.value);
    }
    const seqs = (await collect(runStore.events('run'))).map(({ seq }) => seq);
    expect(seqs.length).toBeGreaterThanOrEqual(acknowledged);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, index) => index + 1));
    const expectedSeq = seqs.length;
    expect(await runStore.append('run', { expectedSeq, events: [] })).toMatchObject({ applied: true });
  });

  it('open it after the only one that had it open was killed', { timeout: 30_000 }, async () => {
    const path = temporaryPath();
    const first = sqliteStorageAt(path);
    await first.runStore.createRun(runRecord('run'));
    await first.close();
    const child = await start('endless', path);
    child.go();
    let acknowledged = 0;
    while (acknowledged < 50) acknowledged = Number((await child.lines.next()).value);
    child.kill();
    await child.exit;
    const events = await collect(sqliteStorageAt(path).runStore.events('run'));
    expect(events.length).toBeGreaterThanOrEqual(acknowledged);
  });
});
