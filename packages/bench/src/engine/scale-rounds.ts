// Runs in a process of its own.
import { createOrchestrator, type Orchestrator } from '@aiwork/core';
import { flowOf } from './subjects/aiwork.ts';
import { counter, resultOf, stepsOf, type Work, workInput } from './work.ts';

/** How a load is made of runs. */
export interface Load {
  readonly name: string;
  readonly work: Work;
  readonly runs: number;
  /** All at once, or one after the other. */
  readonly atOnce: boolean;
}

export interface LoadFigures {
  readonly microsecondsPerStep: number;
  /** What stays in the heap of runs that are over, journals in memory included. */
  readonly heapBytesPerStep: number;
}

const flows = new Map<Work, ReturnType<typeof flowOf>>();

function flowFor(work: Work) {
  let flow = flows.get(work);
  if (!flow) {
    flow = flowOf(work);
    flows.set(work, flow);
  }
  return flow;
}

async function runAll(ai: Orchestrator, load: Load): Promise<void> {
  const flow = flowFor(load.work);
  const runOnce = async () => {
    const result = await (await ai.start(flow, workInput)).result();
    if (result !== resultOf(load.work)) throw new Error(`${load.name} gave ${result}`);
  };
  if (load.atOnce) await Promise.all(Array.from({ length: load.runs }, runOnce));
  else for (let i = 0; i < load.runs; i += 1) await runOnce();
}

/** Time and memory of one round of a load, after `warmUps` others. */
export async function measureLoad(load: Load, warmUps: number): Promise<LoadFigures> {
  await using ai = createOrchestrator();
  for (let i = 0; i < warmUps; i += 1) await runAll(ai, load);
  await ai.prune(new Date(Date.now() + 1000));
  const heapBefore = heapInUse();
  // The collection before threw compiled code away.
  await runAll(ai, { ...load, runs: Math.ceil(load.runs / 10) });
  await ai.prune(new Date(Date.now() + 1000));
  counter.steps = 0;
  const start = performance.now();
  await runAll(ai, load);
  const tookMs = performance.now() - start;
  const steps = load.runs * stepsOf(load.work);
  if (counter.steps !== steps) throw new Error(`${counter.steps} of ${steps} steps of ${load.name} ran`);
  return {
    microsecondsPerStep: (tookMs * 1000) / steps,
    heapBytesPerStep: (heapInUse() - heapBefore) / steps,
  };
}

function heapInUse(): number {
  // The second collection takes what finalizers of the first let go.
  globalThis.gc?.();
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}
