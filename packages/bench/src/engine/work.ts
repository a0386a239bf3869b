/** A flow to be run: `size` steps one after the other, or at once and one that joins them. */
export interface Work {
  readonly shape: 'chain' | 'fan-out';
  readonly size: number;
}

/** Steps really run by this process, for the check that no subject leaves any out. */
export const counter = { steps: 0 };

/** The step of every subject. */
export async function trivialStep(value: number): Promise<number> {
  counter.steps += 1;
  return value + 1;
}

/** The step that joins a fan-out. */
export async function joinStep(values: readonly number[]): Promise<number> {
  counter.steps += 1;
  return values.reduce((sum, value) => sum + value, 0);
}

export function stepsOf({ shape, size }: Work): number {
  return shape === 'chain' ? size : size + 1;
}

export function nameOf({ shape, size }: Work): string {
  return shape === 'chain' ? `chain of ${size}` : `fan-out of ${size}`;
}

/** Both shapes turn 0 into the number of their trivial steps. */
export const workInput = 0;
export const resultOf = ({ size }: Work): number => size;

/** A way to run a work. */
export interface Runner {
  /** One run from `workInput` to its result. */
  run(): Promise<number>;
  /** Forgets what earlier runs left, before a round and outside of its time. */
  reset?(): Promise<void> | void;
  /** Throws when a run did not leave in its store what it should have. */
  verify?(): Promise<void>;
}

export interface Subject<Options = undefined> {
  prepare(work: Work, options: Options): Promise<Runner> | Runner;
}
