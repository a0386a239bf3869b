/** What is run: so many steps, one after the other, each of which adds 1 to what the one before gave. */
export interface FlowWork {
  readonly steps: number;
  /** How many are at work at once. */
  readonly concurrency: number;
}

export interface FlowRunner {
  run(count: number): Promise<FlowTimes>;
}

export interface FlowTimes {
  /** Until all runs had been asked for, where none of them begins before; else 0. In milliseconds. */
  readonly addedMs: number;
  /** Until the last of them was over, in milliseconds. */
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
