import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunStore, StateStore } from '@aiwork/core';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { type AnyAdapter, embedded, manualClock, type Subject } from '../src/index.ts';

export const sqliteStateStore = (time: 'manual' | 'real'): Promise<Subject<StateStore>> =>
  sqlite(time, ({ stateStore }) => stateStore);

export const sqliteRunStore = (time: 'manual' | 'real'): Promise<Subject<RunStore>> =>
  sqlite(time, ({ runStore }) => runStore);

/** SQLite, where every client is a connection of its own to one file. */
async function sqlite<A extends AnyAdapter>(
  time: 'manual' | 'real',
  storeOf: (storage: ReturnType<typeof sqliteStorage>) => A,
): Promise<Subject<A>> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-contract-'));
  const clock = time === 'manual' ? manualClock() : undefined;
  return {
    ...(clock && { clock }),
    service: embedded,
    secondClient: true,
    open({ namespace }) {
      const storage = sqliteStorage({
        path: join(folder, 'store.db'),
        namespace,
        maxValueBytes: 65_536,
        maxEventBytes: 65_536,
        ...(clock && { now: clock.now }),
      });
      // With the storage, its connection is closed too.
      return { ...storeOf(storage), close: storage.close, [Symbol.asyncDispose]: storage.close };
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
