import type { AnyAdapter } from '../engine/any-adapter.ts';
import type { Subject } from '../engine/subject.ts';

/** A check that has to find a saboteur, and what its message has to say. */
export interface Kill {
  readonly check: string;
  readonly message: string;
}

/** A small broken variant of a correct adapter: what a contract is worth is measured by who of them it finds. */
export interface Saboteur<A extends AnyAdapter> {
  readonly id: string;
  readonly breaks: string;
  readonly caughtBy: readonly Kill[];
  /** Run against the checks that have to find it and no other: those of faults take time. */
  readonly onlyNamed?: true;
  /** How long a check may take with one that is run against those alone, in milliseconds: more where a check has much to do. */
  readonly deadlineMs?: number;
  /** The subject with the mistake in it. */
  sabotage(subject: Subject<A>): Subject<A> | Promise<Subject<A>>;
}

/** A mistake that is made in every client by itself. */
export function inClients<A extends AnyAdapter>(breakIt: (client: A, subject: Subject<A>) => Partial<A>) {
  return (subject: Subject<A>): Subject<A> => ({
    ...subject,
    async open(options) {
      const client = await subject.open(options);
      return { ...client, ...breakIt(client, subject) };
    },
  });
}

/** Lets everything go on that can, so that what is not atomic shows. */
export async function yieldTurns(turns = 3): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
