import type { SetOptions, StateEntry, StateStore } from '@aiwork/core';
import { expect, it } from 'vitest';
import { checkContract, formatReport, manualClock, type Subject, stateStoreContract } from '../src/index.ts';
import { referenceStateStore } from '../src/saboteurs/state-store/reference.ts';

interface Written {
  readonly at: number;
  readonly key: string;
  /** Absent where it was deleted. */
  readonly entry?: { readonly json: string; readonly version: string; readonly expiresAt: number };
}

/** The JSON of what is stored; what has none is refused. */
function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return '';
  }
}

/** A correct store but for its reads: they are of a replica that is `lagMs` behind. */
function replicated(lagMs: number, eventualMs: number): Subject<StateStore> {
  const clock = manualClock();
  const subject = referenceStateStore(clock);
  const logs = new Map<string, Written[]>();
  return {
    ...subject,
    async open(options) {
      const store = await subject.open(options);
      const log = logs.get(options.namespace) ?? [];
      logs.set(options.namespace, log);
      const replica = (key: string): StateEntry | undefined => {
        const now = clock.now();
        const last = log.findLast((written) => written.key === key && written.at <= now - lagMs);
        if (!last?.entry || last.entry.expiresAt <= now) return undefined;
        return { value: JSON.parse(last.entry.json), version: last.entry.version };
      };
      return {
        ...store,
        capabilities: Object.freeze({ ...store.capabilities, consistency: Object.freeze({ eventualMs }) }),
        async get(key, getOptions) {
          await store.get(key, getOptions);
          return replica(key);
        },
        async getMany(keys, getOptions) {
          await store.getMany(keys, getOptions);
          return new Map(
            keys.flatMap((key) => {
              const entry = replica(key);
              return entry ? [[key, entry] as const] : [];
            }),
          );
        },
        set(key, value, setOptions: SetOptions = {}) {
          const writing = store.set(key, value, setOptions);
          const json = jsonOf(value);
          const { ttlMs = Number.POSITIVE_INFINITY } = setOptions;
          return writing.then((result) => {
            const at = clock.now();
            const written = result.applied && { json, version: result.version, expiresAt: at + ttlMs };
            if (written) log.push({ at, key, entry: written });
            return result;
          });
        },
        async delete(key, deleteOptions) {
          const deleted = await store.delete(key, deleteOptions);
          if (deleted) log.push({ at: clock.now(), key });
          return deleted;
        },
      };
    },
  };
}

const check = (subject: Subject<StateStore>) =>
  checkContract({ contract: stateStoreContract, name: 'replicated', subject: () => subject }, { seed: 1 });

it('asks a store that declares eventual consistency when what was written has to be seen', async () => {
  const report = await check(replicated(60, 60));
  expect(report.verdict, formatReport(report)).toBe('conformant');
});

it('catches a store that is later than it declares', async () => {
  const { checks } = await check(replicated(60, 40));
  const failed = checks.flatMap(({ id, outcome }) => (outcome === 'failed' ? [id] : []));
  expect(failed).toContain('state-store.values.round-trip');
});
