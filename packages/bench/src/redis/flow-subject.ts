/** What is run: so many steps, one after the other, each of which adds 1 to what the one before gave. */
export interface FlowWork {
  readonly steps: number;
  /** How many are at work at once. */
  readonly concurrency: number;
}

export interface FlowRunner {
  /** Milliseconds that `count` runs took, and those of them until all had been asked for, where that comes before. */
  run(count: number): Promise<FlowTimes>;
}

export interface FlowTimes {
  readonly addedMs?: number;
  readonly totalMs: number;
}

export interface FlowSubject {
  prepare(url: string, work: FlowWork): Promise<FlowRunner>;
}

/** Steps really run by this process, for the check that no subject leaves any out. */
export const counter = { steps: 0 };

/** The step of every subject. */
export async function addOne(value: number): Promise<number> {
  counter.steps += 1;
  return value + 1;
}
