// Runs in the subject's own process.
import type { StateClient, StateSubject } from './state-subject.ts';

/** `atOnce` operations are asked for before the first is waited for. */
export interface StateWork {
  readonly operation: 'get' | 'set';
  readonly atOnce: number;
}

const keys = Array.from({ length: 1000 }, (_, i) => `session:${i}`);
let client: StateClient;
let next = 0;

/** Connects, and sets every key. */
export async function connect(module: string, url: string): Promise<void> {
  const { subject } = (await import(module)) as { subject: StateSubject };
  client = await subject.connect(url);
  for (const key of keys) await client.set(key);
}

export interface StateRound {
  readonly operations: number;
  readonly perSecond: number;
  /** Processor time of this process, all its threads, for each. */
  readonly microseconds: number;
}

/** Works for at least `ms`. */
export async function round({ operation, atOnce }: StateWork, ms: number): Promise<StateRound> {
  const before = process.cpuUsage();
  const start = performance.now();
  let operations = 0;
  do {
    const some = Array.from({ length: atOnce }, () => keys[next++ % keys.length] as string);
    if (client.many && atOnce > 1) await client.many(operation, some);
    else if (atOnce > 1) await Promise.all(some.map((key) => client[operation](key)));
    else await client[operation](some[0] as string);
    operations += atOnce;
  } while (performance.now() - start < ms);
  const perSecond = (operations * 1000) / (performance.now() - start);
  const { user, system } = process.cpuUsage(before);
  return { operations, perSecond, microseconds: (user + system) / operations };
}
