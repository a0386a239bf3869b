import type { StateStore } from '@aiwork/core';
import fc, { type AsyncCommand } from 'fast-check';
import type { CheckContext } from '../../engine/check-context.ts';
import { collect } from '../collect.ts';

/** What a state store is, in the fewest words. */
export interface StateModel {
  readonly entries: Map<
    string,
    { readonly value: unknown; readonly version: string; readonly expiresAt: number }
  >;
  /** Versions that were ever given out, of which none may come again. */
  readonly versions: Set<string>;
}

interface StateReal {
  readonly store: StateStore;
  readonly t: CheckContext<StateStore>;
}

type Command = AsyncCommand<StateModel, StateReal>;
type Guard = 'none' | 'absent' | 'current' | 'stale';

export const modelKeys = ['a', 'ab', 'a%', '__proto__', '\u{1f600}', '\uff5e'] as const;

const key = fc.constantFrom(...modelKeys);

function live({ entries }: StateModel, { t }: StateReal, name: string) {
  const entry = entries.get(name);
  return entry && entry.expiresAt > t.now() ? entry : undefined;
}

function versionFor(guard: Guard, current: string | undefined): string | null | undefined {
  if (guard === 'none') return undefined;
  if (guard === 'absent') return null;
  return guard === 'current' ? (current ?? null) : 'stale';
}

function setCommand(name: string, value: unknown, ttlMs: number | null, guard: Guard): Command {
  return {
    check: () => true,
    async run(model, real) {
      const { store, t } = real;
      const current = live(model, real, name)?.version;
      const ifVersion = versionFor(guard, current);
      const result = await store.set(name, value, {
        ...(ttlMs !== null && { ttlMs }),
        ...(ifVersion !== undefined && { ifVersion }),
      });
      const expected = ifVersion === undefined || ifVersion === (current ?? null);
      t.same(result.applied, expected, 'whether it was applied');
      if (!result.applied) return;
      t.that(!model.versions.has(result.version), 'a version that was never given before', result.version);
      model.versions.add(result.version);
      const expiresAt = ttlMs === null ? Number.POSITIVE_INFINITY : t.now() + ttlMs;
      model.entries.set(name, {
        value: JSON.parse(JSON.stringify(value)),
        version: result.version,
        expiresAt,
      });
    },
    toString: () => `set(${name}, ${JSON.stringify(value)}, ttl ${ttlMs ?? 'none'}, if ${guard})`,
  };
}

function deleteCommand(name: string, guard: Guard): Command {
  return {
    check: () => true,
    async run(model, real) {
      const current = live(model, real, name)?.version;
      const ifVersion = versionFor(guard, current) ?? undefined;
      const expected = current !== undefined && (ifVersion === undefined || ifVersion === current);
      const deleted = await real.store.delete(name, ifVersion === undefined ? {} : { ifVersion });
      real.t.same(deleted, expected, 'what delete() says');
      if (expected) model.entries.delete(name);
    },
    toString: () => `delete(${name}, if ${guard})`,
  };
}

function readCommand(prefix: string): Command {
  return {
    check: () => true,
    async run(model, real) {
      const { store, t } = real;
      // Time may pass until what was written has to be seen, and with it a time to live.
      await store.getMany([]);
      const there = modelKeys.filter((name) => live(model, real, name));
      const found = await store.getMany(modelKeys);
      t.same([...found.keys()].sort(), [...there].sort(), 'the keys of getMany()');
      for (const name of there) {
        const entry = live(model, real, name);
        const expected = { value: entry?.value, version: entry?.version };
        t.same(await store.get(name), expected, `get(${name})`);
        t.same(found.get(name), expected, `the entry of ${name} in getMany()`);
      }
      if (t.capabilities.list === false) return;
      const listed = there.filter((name) => name.startsWith(prefix)).sort();
      t.same([...(await collect(store.keys(prefix)))].sort(), listed, `keys(${prefix})`);
    },
    toString: () => `read(${prefix})`,
  };
}

function waitCommand(ms: number): Command {
  return { check: () => true, run: (_model, { t }) => t.wait(ms), toString: () => `wait(${ms})` };
}

/** Commands for what the store can do; time is only let pass where that costs none. */
export function stateCommands(t: CheckContext<StateStore>): readonly fc.Arbitrary<Command>[] {
  const { compareAndSet, ttl } = t.capabilities;
  const timed = t.manualTime && ttl !== false;
  const guard = compareAndSet
    ? fc.constantFrom<Guard>('none', 'absent', 'current', 'stale')
    : fc.constant<Guard>('none');
  const ttlMs = timed ? fc.option(fc.integer({ min: 1, max: 50 })) : fc.constant(null);
  return [
    fc.tuple(key, fc.jsonValue({ maxDepth: 2 }), ttlMs, guard).map((args) => setCommand(...args)),
    fc.tuple(key, guard).map((args) => deleteCommand(...args)),
    fc.constantFrom('', 'a', '\u{1f600}').map(readCommand),
    ...(timed ? [fc.integer({ min: 1, max: 40 }).map(waitCommand)] : []),
  ];
}
