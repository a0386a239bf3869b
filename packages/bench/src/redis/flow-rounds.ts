// Runs in the subject's own process.
import { counter, type FlowRunner, type FlowSubject, type FlowTimes, type FlowWork } from './flow-subject.ts';

let subject: FlowSubject;
let url: string;
const runners = new Map<number, Promise<FlowRunner>>();

export interface FlowRound extends FlowTimes {
  readonly steps: number;
  /** Processor time of this process, all its threads, for each step. */
  readonly microseconds: number;
}

export async function load(module: string, server: string): Promise<void> {
  ({ subject } = (await import(module)) as { subject: FlowSubject });
  url = server;
}

/** Runs `count` of a work. */
export async function round(work: FlowWork, count: number): Promise<FlowRound> {
  const prepared = runners.get(work.steps) ?? subject.prepare(url, work);
  runners.set(work.steps, prepared);
  const runner = await prepared;
  counter.steps = 0;
  const before = process.cpuUsage();
  const times = await runner.run(count);
  const { user, system } = process.cpuUsage(before);
  const steps = count * work.steps;
  if (counter.steps !== steps) throw new Error(`${counter.steps} of ${steps} steps ran`);
  return { ...times, steps, microseconds: (user + system) / steps };
}
