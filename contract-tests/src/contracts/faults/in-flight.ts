import { isDeepStrictEqual } from 'node:util';
import type { CallOptions } from '@aiwork/core';
import type { AnyAdapter } from '../../engine/any-adapter.ts';
import type { CheckContext } from '../../engine/check-context.ts';
import { checkAnswer, type Ending, endOf, familyError, mutationError } from './endings.ts';
import type { Answer, FaultPlan, Mutation, Read } from './fault-plan.ts';
import { type FaultyLink, newItem } from './faulty-link.ts';

interface StartedMutation<A extends AnyAdapter> {
  readonly mutation: Mutation<A>;
  readonly item: string;
  readonly ending: Promise<Ending<Answer>>;
}

interface StartedRead<A extends AnyAdapter> {
  readonly read: Read<A>;
  readonly item: string;
  readonly ending: Promise<Ending<unknown>>;
}

/** Calls of every kind that were begun and not awaited. */
export interface InFlight<A extends AnyAdapter> {
  readonly mutations: readonly StartedMutation<A>[];
  readonly reads: readonly StartedRead<A>[];
}

/** Makes ready one call of every kind; what is given back begins them all at once, with `when` in their messages. */
export async function everyCall<A extends AnyAdapter>(
  t: CheckContext<A>,
  plan: FaultPlan<A>,
  { client, direct }: Pick<FaultyLink<A>, 'client' | 'direct'>,
) {
  const fitting = plan.mutations.filter(({ when }) => (when?.(t.capabilities) ?? true) === true);
  const mutations = await Promise.all(
    fitting.map(async (mutation) => {
      const item = newItem();
      return { mutation, item, call: await mutation.prepare(direct, item) };
    }),
  );
  const reads = await Promise.all(
    plan.reads.map(async (read) => {
      const item = newItem();
      await (await plan.mutations[0].prepare(direct, item))(direct);
      return { read, item };
    }),
  );
  return (when: string, options?: CallOptions): InFlight<A> => ({
    mutations: mutations.map(({ mutation, item, call }) => ({
      mutation,
      item,
      ending: endOf(t, `${mutation.call} ${when}`, call(client, options)),
    })),
    reads: reads.map(({ read, item }) => ({
      read,
      item,
      ending: endOf(t, `${read.call} ${when}`, read.read(client, item, options)),
    })),
  });
}

/** All have to end in time, and in order: what resolves is right, what rejects says what became of it. */
export async function allEnd<A extends AnyAdapter>(
  t: CheckContext<A>,
  { mutations, reads }: InFlight<A>,
  when: string,
): Promise<void> {
  await Promise.all([...mutations, ...reads].map(({ ending }) => ending));
  for (const { mutation, ending } of mutations) {
    const ended = await ending;
    if ('error' in ended) mutationError(`${mutation.call} ${when}`, ended.error);
  }
  for (const { read, item, ending } of reads) {
    const ended = await ending;
    if ('error' in ended) familyError(`${read.call} ${when}`, ended.error);
    else checkRead(t, read, item, ended.value, `${read.call} ${when}`);
  }
}

/** What became of mutations that were rejected. */
interface Rejected {
  readonly applied: number;
  readonly notApplied: number;
}

/** What the mutations said has to be what is there. */
export async function allTold<A extends AnyAdapter>(
  { mutations }: InFlight<A>,
  direct: A,
  when: string,
): Promise<Rejected> {
  const rejected = { applied: 0, notApplied: 0 };
  for (const { mutation, item, ending } of mutations) {
    const [ended, truth] = [await ending, await mutation.truth(direct, item)];
    checkAnswer(`${mutation.call} ${when}`, ended, truth);
    if ('error' in ended) rejected[truth === 'applied' ? 'applied' : 'notApplied'] += 1;
  }
  return rejected;
}

/** What a read gives has to be what is there, or what it may always give. */
export function checkRead<A extends AnyAdapter>(
  { same }: Pick<CheckContext<A>, 'same'>,
  { gives, orElse }: Read<A>,
  item: string,
  value: unknown,
  what: string,
): void {
  if (!orElse || !isDeepStrictEqual(value, orElse.value)) same(value, gives(item), what);
}
