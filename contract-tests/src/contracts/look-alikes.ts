import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { CheckContext } from '../engine/check-context.ts';
import type { Check } from '../engine/contract.ts';

const long = 'n'.repeat(100);

/** Pairs of names that are taken for one where they are folded, trimmed or cut off, or read as a pattern. */
export const lookAlikes: readonly (readonly [one: string, other: string])[] = [
  ['n', 'N'],
  ['n', 'n '],
  ['n', ' n'],
  ['é', 'e\u0301'],
  ['n', '\ufeffn'],
  ['n%', 'nx'],
  ['n_', 'nx'],
  ['n*', 'nx'],
  ['n?', 'nx'],
  ['n[x]', 'nx'],
  ['n.', 'nx'],
  ["n'", 'n'],
  [`${long}1`, `${long}2`],
];

interface Apart<A extends AnyAdapter> {
  readonly id: string;
  /** The adapter interface. */
  readonly anchor: string;
  readonly when?: NonNullable<Check<A>['when']>;
  /** Stores something that is called `name`. */
  write(client: A, name: string): Promise<unknown>;
  /** Names of all that can be seen of what was stored. */
  seen(client: A, t: CheckContext<A>): Promise<readonly string[]>;
}

/** The rule that namespaces are told apart however alike they look. */
export function namespacesApart<A extends AnyAdapter>(about: Apart<A>): Check<A> {
  const { id, anchor, when, write, seen } = about;
  return {
    id,
    rule: 'Namespaces that look alike are apart',
    anchor,
    why: 'names of tenants that are folded, cut off or read as a pattern give one the data of the other',
    ...(when && { when }),
    async run(t) {
      for (const [n, pair] of lookAlikes.entries()) {
        const [one, other] = pair.map((name) => JSON.stringify(name));
        const [first, second] = await Promise.all(pair.map((name) => t.open({ namespace: `${n}${name}` })));
        if (!first || !second) return;
        await write(first, 'first');
        t.same(await seen(second, t), [], `what namespace ${other} shows of ${one}`);
        await write(second, 'second');
        const shown = await seen(first, t);
        t.that(!shown.includes('second'), `namespace ${one} to show nothing of ${other}`, shown);
        await Promise.all([first.close(), second.close()]);
      }
    },
  };
}
