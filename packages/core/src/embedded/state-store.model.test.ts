import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StateStore } from '../adapters/state-store.ts';
import { compareCodePoints } from './code-point-order.ts';
import { collect, stoppedClock, storeKinds } from './stores.fixture.ts';

type Clock = ReturnType<typeof stoppedClock>;

/** What a state store is, in the fewest words. */
interface Model {
  readonly entries: Map<
    string,
    { readonly value: unknown; readonly version: string; readonly expiresAt: number }
  >;
  /** Versions that were ever given out, of which none may come again. */
  readonly versions: Set<string>;
}

interface Real {
  readonly store: StateStore;
  readonly clock: Clock;
}

const key = fc.constantFrom('a', 'ab', 'a%', '__proto__', '\u{1f600}', '\uff5e');
const guard = fc.constantFrom('none', 'absent', 'current', 'stale');

function live(model: Model, clock: Clock, name: string) {
  const entry = model.entries.get(name);
  return entry && entry.expiresAt > clock.now() ? entry : undefined;
}

function versionFor(model: Model, clock: Clock, name: string, guarded: string): string | null | undefined {
  if (guarded === 'none') return undefined;
  if (guarded === 'absent') return null;
  if (guarded === 'current') return live(model, clock, name)?.version ?? null;
  return 'stale';
}

const commands = [
  fc
    .record({
      name: key,
      value: fc.jsonValue(),
      ttlMs: fc.option(fc.integer({ min: 1, max: 50 })),
      guarded: guard,
    })
    .map(
      ({ name, value, ttlMs, guarded }): fc.AsyncCommand<Model, Real> => ({
        check: () => true,
        async run(model, { store, clock }) {
          const ifVersion = versionFor(model, clock, name, guarded);
          const expected =
            ifVersion === undefined || ifVersion === (live(model, clock, name)?.version ?? null);
          const result = await store.set(name, value, {
            ...(ttlMs !== null && { ttlMs }),
            ...(ifVersion !== undefined && { ifVersion }),
          });
          expect(result.applied).toBe(expected);
          if (!result.applied) return;
          expect(model.versions.has(result.version)).toBe(false);
          model.versions.add(result.version);
          const expiresAt = ttlMs === null ? Number.POSITIVE_INFINITY : clock.now() + ttlMs;
          model.entries.set(name, {
            value: JSON.parse(JSON.stringify(value)),
            version: result.version,
            expiresAt,
          });
        },
        toString: () => `set(${name}, ${JSON.stringify(value)}, ttl ${ttlMs}, if ${guarded})`,
      }),
    ),
  fc.record({ name: key, guarded: fc.constantFrom('none', 'current', 'stale') }).map(
    ({ name, guarded }): fc.AsyncCommand<Model, Real> => ({
      check: () => true,
      async run(model, { store, clock }) {
        const entry = live(model, clock, name);
        const ifVersion = versionFor(model, clock, name, guarded) ?? undefined;
        const expected = entry !== undefined && (ifVersion === undefined || ifVersion === entry.version);
        expect(await store.delete(name, ifVersion === undefined ? {} : { ifVersion })).toBe(expected);
        if (expected) model.entries.delete(name);
      },
      toString: () => `delete(${name}, if ${guarded})`,
    }),
  ),
  fc.integer({ min: 1, max: 40 }).map(
    (ms): fc.AsyncCommand<Model, Real> => ({
      check: () => true,
      run: async (_model, { clock }) => clock.advance(ms),
      toString: () => `advance(${ms})`,
    }),
  ),
  fc.constantFrom('', 'a', '\u{1f600}').map(
    (prefix): fc.AsyncCommand<Model, Real> => ({
      check: () => true,
      async run(model, { store, clock }) {
        const expected = [...model.entries.keys()]
          .filter((name) => name.startsWith(prefix) && live(model, clock, name))
          .sort(compareCodePoints);
        expect(await collect(store.keys(prefix))).toEqual(expected);
        const found = await store.getMany(expected);
        for (const name of expected) {
          const { value, version } = model.entries.get(name) as { value: unknown; version: string };
          expect(await store.get(name)).toEqual({ value, version });
          expect(found.get(name)).toEqual({ value, version });
        }
      },
      toString: () => `read(${prefix})`,
    }),
  ),
];

describe.each(storeKinds)('a state store $kind', ({ open }) => {
  it('does what a map with versions and expiry does, in any sequence of calls', {
    timeout: 60_000,
  }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.commands(commands, { maxCommands: 30 }), async (sequence) => {
        const clock = stoppedClock();
        const { stateStore } = open(clock);
        await fc.asyncModelRun(
          () => ({
            model: { entries: new Map(), versions: new Set<string>() },
            real: { store: stateStore, clock },
          }),
          sequence,
        );
        await stateStore.close();
      }),
      { numRuns: 40 },
    );
  });
});
