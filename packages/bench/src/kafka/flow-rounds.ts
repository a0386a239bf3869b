// The process that the flows belong to.
import { createOrchestrator, defineFlow, type Orchestrator } from '@aiwork/core';
import { z } from 'zod';
import { optionsOf, type Servers, type StepWork, stepOf } from './step.ts';

export interface FlowThroughput {
  readonly perSecond: number;
  /** Worker processes that ran a step. */
  readonly workers: number;
}

let servers: Servers;
const orchestrators = new Map<string, Orchestrator>();

export function connect(to: Servers): void {
  servers = to;
}

/** One flow, whose steps do not wait for each other, until its result is known. */
export async function round(queue: string, work: StepWork, steps: number): Promise<FlowThroughput> {
  const ai = orchestrators.get(queue) ?? createOrchestrator(optionsOf(servers, queue));
  orchestrators.set(queue, ai);
  const flow = defineFlow({ id: `steps-of-${queue}`, input: z.number() }, (f) =>
    f.map('steps', stepOf(queue), {
      needs: { count: f.input },
      over: ({ count }) => Array.from({ length: count }, () => work),
    }),
  );
  const start = performance.now();
  const run = await ai.start(flow, steps);
  const ranIn = await run.result();
  const perSecond = (steps * 1000) / (performance.now() - start);
  if (ranIn.length !== steps) throw new Error(`${ranIn.length} of ${steps} steps ran`);
  if (ranIn.includes(process.pid)) throw new Error('a step ran in the process of its flow');
  return { perSecond, workers: new Set(ranIn).size };
}
