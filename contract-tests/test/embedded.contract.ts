import { createMemoryRunStore, createMemoryStateStore } from '@aiwork/core';
import { defineSubject, embedded, manualClock, runStoreContract, stateStoreContract } from '../src/index.ts';
import { sqliteRunStore, sqliteStateStore } from './sqlite-subjects.fixture.ts';

const secondClient = { skipped: 'two in-memory stores never share anything' } as const;
const core = new URL('../../packages/core/package.json', import.meta.url);
const clock = manualClock();
const inMemory = { package: core, service: embedded, secondClient, clock } as const;

// The stores that come with core.
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
];
