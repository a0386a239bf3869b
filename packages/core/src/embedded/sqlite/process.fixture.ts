import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { StateManager } from '../../state-manager.ts';
import { sqliteStorage } from './sqlite-storage.ts';

// Another process for the tests: `process.fixture.ts JOB PATH COUNT`. It says `ready`, waits for a line and does its job.
const [job, path = '', count] = process.argv.slice(2);
const times = Number(count);
const storage = sqliteStorage({ path, busyTimeoutMs: 20_000 });
const say = (text: unknown) => writeSync(1, `${text}\n`);

const event = (seq: number) =>
  ({ seq, at: seq, runId: 'run', type: 'step.undone', stepId: `${process.pid}` }) as const;

const jobs: Readonly<Record<string, () => Promise<void>>> = {
  /** Adds 1 to `count`, `times` times. */
  async increment() {
    const state = new StateManager(storage.stateStore);
    for (let n = 0; n < times; n += 1) {
      await state.updateState<number>('count', (sum = 0) => sum + 1, { maxAttempts: 10_000 });
    }
  },
  /** Tries to append each of `times` events and says which it did. */
  async contend() {
    for (let seq = 1; seq <= times; seq += 1) {
      const result = await storage.runStore.append('run', { expectedSeq: seq - 1, events: [event(seq)] });
      if (result.applied) say(seq);
    }
  },
  /** Appends until it is killed, and says each number once it is acknowledged. */
  async endless() {
    for (let seq = 1; ; seq += 1) {
      const { applied } = await storage.runStore.append('run', {
        expectedSeq: seq - 1,
        events: [event(seq)],
      });
      if (applied) say(seq);
    }
  },
};

say('ready');
await once(process.stdin, 'data');
process.stdin.pause();
await jobs[job ?? '']?.();
await storage.close();
