import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createMemoryStateStore, type StateStore } from '@aiwork/core';
import { sqliteStorage } from '@aiwork/core/sqlite';
import { type Lack, manualClock, type Subject } from '../src/index.ts';

const oneClient: Lack = { skipped: 'two in-memory stores never share anything' };
const noService: Lack = { skipped: 'an embedded adapter has no service beside this process' };
const embedded = { 'service-restart': noService, 'service-kill': noService } as const;

export function memoryStateStore(): Subject<StateStore> {
  const clock = manualClock();
  return {
    name: 'memory',
    clock,
    provides: { ...embedded, 'second-client': oneClient },
    open: () => createMemoryStateStore({ now: clock.now, maxValueBytes: 65_536 }),
  };
}

/** SQLite, where every client is a connection of its own to one file. */
export async function sqliteStateStore(time: 'manual' | 'real'): Promise<Subject<StateStore>> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-contract-'));
  const clock = time === 'manual' ? manualClock() : undefined;
  return {
    name: `sqlite, ${time} time`,
    ...(clock && { clock }),
    provides: { ...embedded, 'second-client': true },
    open({ namespace }) {
      const storage = sqliteStorage({
        path: join(folder, 'state.db'),
        namespace,
        maxValueBytes: 65_536,
        ...(clock && { now: clock.now }),
      });
      return withClose(storage.stateStore, storage.close);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A store whose `close` closes all of its storage, so that its connection is closed too. */
function withClose<A extends StateStore>(store: A, close: () => Promise<void>): A {
  return { ...store, close, [Symbol.asyncDispose]: close };
}
