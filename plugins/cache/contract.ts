import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheContract, defineSubject, embedded, manualClock, type Subject } from '@aiwork/contract-tests';
import type { Cache } from '@aiwork/core';
import { diskCache, memoryCache, tieredCache } from './src/index.ts';

const facts = { contract: cacheContract, package: new URL('./package.json', import.meta.url) } as const;
const clock = manualClock();

/** Room for some hundred entries of the checks, so that they see evictions. */
const little = { maxBytes: 300_000, maxKeyBytes: 1024, maxValueBytes: 65_536 };

/** Every client is a connection of its own to one file. */
async function onDisk(): Promise<Subject<Cache>> {
  const folder = await mkdtemp(join(tmpdir(), 'aiwork-cache-'));
  return {
    service: embedded,
    secondClient: true,
    open: ({ namespace }) => diskCache({ path: join(folder, 'cache.db'), namespace, ...little }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

export default [
  defineSubject({
    ...facts,
    name: 'in memory',
    service: embedded,
    secondClient: { skipped: 'two caches in memory never share anything' },
    clock,
    open: () => memoryCache({ now: clock.now, maxEntries: 100, ...little }),
  }),
  defineSubject({
    ...facts,
    name: 'in tiers',
    service: embedded,
    secondClient: { skipped: 'tiers of another process may be nearTtlMs behind, as tieredCache says' },
    clock,
    open: () =>
      tieredCache({
        near: memoryCache({ now: clock.now, maxEntries: 20, ...little }),
        far: memoryCache({ now: clock.now, maxEntries: 100, ...little }),
        now: clock.now,
      }),
  }),
  { ...facts, name: 'on disk', subject: onDisk },
];
