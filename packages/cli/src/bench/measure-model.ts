import process from 'node:process';
import type { LoadedModel, ModelRuntime, Precision, Tensor } from '@aiwork/core';
import { madeInputs, type Sizes } from './made-inputs.ts';
import { type Spread, spreadOf } from './percentiles.ts';

/** One combination of what is measured. */
export interface Case extends Sizes {
  readonly path: string;
  readonly device?: string;
  readonly precision?: Precision;
  readonly threads?: number;
  /** How long to infer for each figure. */
  readonly timeMs: number;
}

export interface ModelMeasurement {
  readonly engine: { readonly name: string; readonly version: string };
  readonly ranOn: LoadedModel['ranOn'];
  /** Shapes of the inputs that were made up. */
  readonly inputs: Readonly<Record<string, readonly number[]>>;
  /** From the first use of the engine in its process to a model that is ready. */
  readonly loadMs: number;
  /** The first inference, which some engines plan and allocate in. */
  readonly firstMs: number;
  /** Of one inference at a time. */
  readonly latencyMs: Spread;
  /** Rows a second with several inferences under way. */
  readonly rowsPerSecond: number;
  /** Of the whole process, in bytes: before the engine was used, with the model in use, and at most. */
  readonly memoryBytes: { readonly before: number; readonly inUse: number; readonly most: number };
}

/** So many are under way when the rate is measured: one runs, and the next is there already. */
const underWay = 4;

type Inputs = Readonly<Record<string, Tensor>>;

async function millisecondsOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function latencies(model: LoadedModel, inputs: Inputs, timeMs: number): Promise<readonly number[]> {
  const all: number[] = [];
  const end = performance.now() + timeMs;
  do all.push(await millisecondsOf(() => model.infer(inputs)));
  while (performance.now() < end);
  return all;
}

async function inferencesPerSecond(model: LoadedModel, inputs: Inputs, timeMs: number): Promise<number> {
  const start = performance.now();
  let count = 0;
  async function one(): Promise<void> {
    do {
      await model.infer(inputs);
      count += 1;
    } while (performance.now() < start + timeMs);
  }
  await Promise.all(Array.from({ length: underWay }, one));
  return (1000 * count) / (performance.now() - start);
}

/** Loads and infers, and says how long that took. It has to be the only thing that the process does. */
export async function measureModel(runtime: ModelRuntime, about: Case): Promise<ModelMeasurement> {
  const { path, device, precision, threads, timeMs } = about;
  const before = process.memoryUsage.rss();
  const start = performance.now();
  await using model = await runtime.load(
    { path },
    { ...(device && { device }), ...(precision && { precision }), ...(threads && { threads }) },
  );
  const loadMs = performance.now() - start;
  const inputs = madeInputs(model.inputs, about);
  const firstMs = await millisecondsOf(() => model.infer(inputs));
  // What is compiled, cached and clocked up on the way is not what is asked for.
  await latencies(model, inputs, timeMs / 10);
  const latencyMs = spreadOf(await latencies(model, inputs, timeMs));
  const rate = await inferencesPerSecond(model, inputs, timeMs);
  return {
    engine: runtime.engine,
    ranOn: model.ranOn,
    inputs: Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape])),
    loadMs,
    firstMs,
    latencyMs,
    rowsPerSecond: rate * about.batch,
    memoryBytes: {
      before,
      inUse: process.memoryUsage.rss(),
      most: process.resourceUsage().maxRSS * 1024,
    },
  };
}
