// Runs in the subject's own process.
import { counter, nameOf, type Runner, resultOf, type Subject, stepsOf, type Work } from './work.ts';

let subject: Subject<unknown>;
let options: unknown;
/** Runs before each round that get the processor used to the work again, as a share of the round. */
const untimedShare = 0.1;
const runners = new Map<string, Runner>();

export async function load(module: string, given?: unknown): Promise<void> {
  ({ subject } = (await import(module)) as { subject: Subject<unknown> });
  options = given;
}

async function runnerOf(work: Work): Promise<Runner> {
  const name = nameOf(work);
  let runner = runners.get(name);
  if (!runner) {
    runner = await subject.prepare(work, options);
    runners.set(name, runner);
  }
  return runner;
}

/** So that those who keep their journals in memory keep about as much of it, however fast they are. */
const mostRuns = 500;

/** Warms up for about `ms`, and says how many runs fill a round of `roundMs`. */
export async function warmUp(work: Work, ms: number, roundMs: number): Promise<number> {
  const runner = await runnerOf(work);
  await runner.reset?.();
  const start = performance.now();
  let runs = 0;
  let lastMs = 0;
  do {
    const began = performance.now();
    await runner.run();
    lastMs = performance.now() - began;
    runs += 1;
  } while (performance.now() - start + lastMs < ms);
  const meanMs = (performance.now() - start) / runs;
  return Math.min(mostRuns, Math.max(1, Math.round(roundMs / Math.min(meanMs, lastMs))));
}

/**
 * Microseconds a step took in `runs` runs one after the other. No collection of garbage is forced before: it would
 * throw away compiled code together with the last objects it was compiled for, which no service that keeps running sees.
 */
export async function round(work: Work, runs: number): Promise<number> {
  const runner = await runnerOf(work);
  await runner.reset?.();
  for (let i = 0; i < runs * untimedShare; i += 1) await runner.run();
  counter.steps = 0;
  const start = performance.now();
  for (let i = 0; i < runs; i += 1) {
    const result = await runner.run();
    if (result !== resultOf(work)) throw new Error(`${nameOf(work)} gave ${result}`);
  }
  const tookMs = performance.now() - start;
  const steps = runs * stepsOf(work);
  if (counter.steps !== steps) throw new Error(`${counter.steps} of ${steps} steps of ${nameOf(work)} ran`);
  await runner.verify?.();
  return (tookMs * 1000) / steps;
}
