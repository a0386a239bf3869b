import type { RunStore } from '@aiwork/core';
import type { Random } from '../../engine/random.ts';
import type { Call } from '../linearizability.ts';
import { runEvents, seqsOf } from './journal.ts';

/** What was asked of the lease and the journal of one run, and answered. */
export type HoldOp =
  | { readonly kind: 'lease'; readonly owner: string; readonly got: boolean }
  | { readonly kind: 'release'; readonly owner: string }
  | { readonly kind: 'read'; readonly seq: number }
  | {
      readonly kind: 'append';
      readonly owner: string;
      readonly expectedSeq: number;
      readonly answer: 'applied' | 'conflict' | 'lease' | 'absent';
    };

/** Who holds the lease, and the last number of the journal. */
type Hold = `${string}|${number}`;

export const freeAndEmpty: Hold = '|0';

/** What one call after the other does; see `Step`. Leases are long here, so that none of them expires. */
export function holdStep(hold: Hold, op: HoldOp): Hold | undefined {
  const [holder = '', last] = hold.split('|');
  const seq = Number(last);
  const isFree = holder === '';
  switch (op.kind) {
    case 'read':
      return op.seq === seq ? hold : undefined;
    case 'release':
      return holder === op.owner ? `|${seq}` : hold;
    case 'lease':
      if (op.got) return isFree || holder === op.owner ? `${op.owner}|${seq}` : undefined;
      return isFree || holder === op.owner ? undefined : hold;
    case 'append': {
      const answer = holder !== op.owner ? 'lease' : op.expectedSeq === seq ? 'applied' : 'conflict';
      if (answer !== op.answer) return undefined;
      return answer === 'applied' ? `${holder}|${seq + 1}` : hold;
    }
  }
}

const longMs = 60_000;
const turns = 5;

/** Every client works on `run` under an owner of its own, all at once; a history of what they saw. */
export async function contend(
  stores: readonly RunStore[],
  run: string,
  random: Random,
): Promise<readonly Call<HoldOp>[]> {
  const calls: Call<HoldOp>[] = [];
  let time = 0;

  async function timed<Op extends HoldOp>(client: number, call: () => Promise<Op>): Promise<Op> {
    time += 1;
    const from = time;
    const op = await call();
    time += 1;
    calls.push({ client, op, from, to: time });
    return op;
  }

  async function work(store: RunStore, client: number): Promise<void> {
    const owner = `owner ${client}`;
    const lease = () =>
      timed(client, async () => ({
        kind: 'lease',
        owner,
        got: await store.lease(run, owner, longMs),
      }));
    const read = () =>
      timed(client, async () => ({ kind: 'read', seq: (await seqsOf(store, run)).at(-1) ?? 0 }));
    const release = () =>
      timed(client, async () => {
        await store.release(run, owner);
        return { kind: 'release', owner };
      });
    const append = (expectedSeq: number) =>
      timed(client, async () => {
        const events = runEvents(run, expectedSeq + 1);
        const result = await store.append(run, { expectedSeq, events, owner });
        return { kind: 'append', owner, expectedSeq, answer: result.applied ? 'applied' : result.reason };
      });
    for (let turn = 0; turn < turns; turn += 1) {
      await lease();
      const { seq } = await read();
      // A worker that is told to stop gives its run back while its last append is under way.
      if (random.integer(0, 2) === 0) await Promise.all([append(seq), release()]);
      else await append(seq);
      if (random.integer(0, 2) === 0) await release();
    }
  }

  await Promise.all(stores.map(work));
  return calls;
}
