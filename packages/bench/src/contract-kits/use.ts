import { mock } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import type { AnyAdapter } from '@aiwork/contract-tests';
import { type OurContract, subjectOf } from './our-contract.ts';

/** A small program that knows nothing but the peer's interface. */
export interface Use<A extends AnyAdapter> {
  readonly name: string;
  /** What the program saw, as JSON data; every correct adapter shows it the same. */
  play(open: () => Promise<A>): Promise<unknown>;
}

const noAnswer = 'no answer';
const rejected = 'rejected';

/** Programs that take milliseconds on a correct adapter have to be given up once. */
const deadlineMs = 20_000;

async function play<A extends AnyAdapter>(
  ours: OurContract<A>,
  saboteur: string | undefined,
  use: Use<A>,
): Promise<unknown> {
  const subject = await subjectOf(ours, saboteur);
  mock.timers.enable({ apis: ['Date'], now: Date.UTC(2026, 0) });
  const { promise: deadline, resolve } = Promise.withResolvers<unknown>();
  const timer = setTimeout(resolve, deadlineMs, noAnswer);
  try {
    const seen = use.play(async () => subject.open({ namespace: 'use' })).catch(() => rejected);
    return await Promise.race([seen, deadline]);
  } finally {
    clearTimeout(timer);
    mock.timers.reset();
    await subject.close?.();
  }
}

/**
 * For each saboteur, the programs that see something else of it than of the reference. Moves the clock of the process.
 *
 * @throws Error when a program does not see the same of two references.
 */
export async function tellApart<A extends AnyAdapter>(
  ours: OurContract<A>,
  uses: readonly Use<A>[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const apart = new Map(ours.saboteurs.map(({ id }) => [id, [] as string[]]));
  for (const use of uses) {
    const right = await play(ours, undefined, use);
    const again = await play(ours, undefined, use);
    if (right === noAnswer || right === rejected || !isDeepStrictEqual(again, right)) {
      throw new Error(`"${use.name}" does not see the same of two references: ${right}, ${again}`);
    }
    for (const [id, seen] of apart) {
      if (!isDeepStrictEqual(await play(ours, id, use), right)) seen.push(use.name);
    }
  }
  return apart;
}
