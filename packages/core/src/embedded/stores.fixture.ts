import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { PayloadStore } from '../adapters/payload-store.ts';
import type { RunRecord, RunStore } from '../adapters/run-store.ts';
import type { StateStore } from '../adapters/state-store.ts';
import type { RunEvent } from '../run-event.ts';
import { createMemoryPayloadStore } from './memory-payload-store.ts';
import { createMemoryRunStore } from './memory-run-store.ts';
import { createMemoryStateStore } from './memory-state-store.ts';
import { sqliteStorage } from './sqlite/sqlite-storage.ts';

export interface Stores {
  readonly runStore: RunStore;
  readonly payloadStore: PayloadStore;
  readonly stateStore: StateStore;
}

export interface StoreOptions {
  readonly now?: () => number;
  readonly maxEventBytes?: number;
  readonly maxPayloadBytes?: number;
  readonly maxKeyBytes?: number;
  readonly maxValueBytes?: number;
}

/** Every way to keep things that core brings; each opens an empty one that is closed when the test ends. */
export const storeKinds: readonly { readonly kind: string; open(options?: StoreOptions): Stores }[] = [
  { kind: 'in memory', open: openMemory },
  { kind: 'in SQLite', open: (options) => sqliteStorageAt(temporaryPath(), options) },
];

function openMemory(options: StoreOptions = {}): Stores {
  return {
    runStore: createMemoryRunStore(options),
    payloadStore: createMemoryPayloadStore(options),
    stateStore: createMemoryStateStore(options),
  };
}

/** A storage that is closed when the test ends. */
export function sqliteStorageAt(path: string, options: Partial<Parameters<typeof sqliteStorage>[0]> = {}) {
  const storage = sqliteStorage({ path, ...options });
  onTestFinished(() => storage.close());
  return storage;
}

/** A path in a folder of its own that is removed when the test ends. */
export function temporaryPath(name = 'store.db'): string {
  const folder = mkdtempSync(join(tmpdir(), 'aiwork-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, name);
}

export function runRecord(id: string, changes: Partial<RunRecord> = {}): RunRecord {
  return {
    id,
    unitId: 'unit',
    version: '1',
    graphHash: 'hash',
    status: 'running',
    tags: [],
    createdAt: 1000,
    updatedAt: 1000,
    ...changes,
  };
}

/** Events numbered `from` to `to`, each at 1000 + its number. */
export function runEvents(runId: string, from: number, to = from): readonly RunEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const seq = from + index;
    return { seq, at: 1000 + seq, runId, type: 'step.undone', stepId: `step-${seq}` };
  });
}

/** A clock that stands still until it is moved. */
export function stoppedClock(start = 10_000) {
  let time = start;
  return {
    now: () => time,
    advance(ms: number) {
      time += ms;
    },
  };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<readonly T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
