import { createMemoryRunStore, createMemoryStateStore, createMemoryTaskQueue } from '@aiwork/core';
import { virtualClock } from '@aiwork/core/testing';
import {
  defineSubject,
  embedded,
  manualClock,
  runStoreContract,
  stateStoreContract,
  taskQueueContract,
} from '../src/index.ts';
import { sqliteRunStore, sqliteStateStore } from './sqlite-subjects.fixture.ts';

const secondClient = { skipped: 'two adapters in memory never share anything' } as const;
const core = new URL('../../packages/core/package.json', import.meta.url);
const clock = manualClock();
const timers = virtualClock();
const inMemory = { package: core, service: embedded, secondClient, clock } as const;

// The adapters that come with core.
export default [
  defineSubject({
    ...inMemory,
    contract: stateStoreContract,
    name: 'in memory',
    open: () => createMemoryStateStore({ now: clock.now, maxValueBytes: 65_536 }),
  }),
  {
    package: core,
    contract: stateStoreContract,
    name: 'SQLite',
    subject: () => sqliteStateStore('real'),
  },
  defineSubject({
    ...inMemory,
    contract: runStoreContract,
    name: 'in memory',
    open: () => createMemoryRunStore({ now: clock.now, maxEventBytes: 65_536 }),
  }),
  {
    package: core,
    contract: runStoreContract,
    name: 'SQLite',
    subject: () => sqliteRunStore('real'),
  },
  defineSubject({
    ...inMemory,
    contract: taskQueueContract,
    name: 'in memory',
    clock: timers,
    open: () => createMemoryTaskQueue({ clock: timers, leaseMs: 1000, maxJobBytes: 65_536 }),
  }),
];
