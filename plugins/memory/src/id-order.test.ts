import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createIdOrder, idKeysOf } from './id-order.ts';
import { storedStrings, stringColumnsOf } from './storage/stored-strings.ts';

/** Many that share much, some that do not, and characters that fit no byte. */
const id = fc
  .tuple(fc.constantFrom('doc-', 'doc-1', 'docs/', '', 'é', 'ж'), fc.integer({ min: 0, max: 300 }))
  .map(([prefix, n]) => `${prefix}${n}`);

/** Compares each with each after each has come, as code units say. */
function expectOrder(order: ReturnType<typeof createIdOrder>, ids: readonly string[]): void {
  for (let a = 0; a < ids.length; a += 1)
    for (let b = 0; b < ids.length; b += 1)
      expect(order.isAfter(a, b)).toBe((ids[a] as string) > (ids[b] as string));
}

it('orders ids by code units, whatever they share and however many come', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { maxLength: 80 }), (ids) => {
      const order = createIdOrder();
      ids.forEach((each, n) => {
        order.add(each);
        if (n % 7 === 0) expectOrder(order, ids.slice(0, n + 1));
      });
      expectOrder(order, ids);
    }),
    { numRuns: 50, seed: 7 },
  );
});

it('goes on from ids that were stored', () => {
  fc.assert(
    fc.property(fc.uniqueArray(id, { minLength: 1, maxLength: 80 }), (ids) => {
      const first = ids.slice(0, Math.ceil(ids.length / 3));
      const order = createIdOrder({ ids: storedStrings(stringColumnsOf(first)), ...idKeysOf(first) });
      for (const each of ids.slice(first.length)) order.add(each);
      expectOrder(order, ids);
    }),
    { numRuns: 50, seed: 7 },
  );
});
