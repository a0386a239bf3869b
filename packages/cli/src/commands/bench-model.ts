import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import type { Precision } from '@aiwork/core';
import { measureApart } from '../bench/measure-apart.ts';
import type { Case } from '../bench/measure-model.ts';
import {
  type BenchReport,
  type CaseResult,
  machineFacts,
  printMeasurements,
} from '../bench/print-measurements.ts';
import { type FoundRuntime, findRuntimes, type RuntimeName } from '../bench/runtimes.ts';
import { type ExitCode, exitCode } from '../exit-code.ts';
import { reasonOf } from '../reason-of.ts';
import { liveRegion } from '../terminal/live-region.ts';
import { writeOut } from '../terminal/standard-output.ts';
import { paintFor } from '../terminal/style.ts';
import { toJson } from '../to-json.ts';
import { untilInterrupted } from '../until-interrupted.ts';
import { UsageError } from '../usage-error.ts';

export interface BenchModelOptions {
  readonly runtime?: readonly RuntimeName[];
  readonly device?: readonly string[];
  readonly precision?: readonly Precision[];
  readonly threads?: readonly number[];
  readonly batch?: readonly number[];
  readonly size?: Readonly<Record<string, number>>;
  readonly time?: number;
  readonly machine: boolean;
  readonly json?: boolean;
}

interface Combination {
  readonly runtime: FoundRuntime;
  readonly model: Case;
}

/** What is not named is left to the runtime. */
const orOpen = <T>(values: readonly T[] | undefined): readonly (T | undefined)[] => values ?? [undefined];

function combinations(file: string, options: BenchModelOptions): readonly Combination[] {
  const { batch: batches = [1], size: sizes = {}, time: timeMs = 2000 } = options;
  return findRuntimes(options.runtime).flatMap((runtime) =>
    orOpen(options.device).flatMap((device) =>
      orOpen(options.precision).flatMap((precision) =>
        orOpen(options.threads).flatMap((threads) =>
          batches.map((batch) => ({
            runtime,
            model: {
              path: resolve(file),
              ...(device !== undefined && { device }),
              ...(precision !== undefined && { precision }),
              ...(threads !== undefined && { threads }),
              batch,
              sizes,
              timeMs,
            },
          })),
        ),
      ),
    ),
  );
}

async function sizeOfFile(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw new UsageError(`${file} cannot be read: ${reasonOf(cause)}`, { hint: 'give the path of a model' });
  });
  return found.size;
}

async function resultOf({ runtime, model }: Combination, signal: AbortSignal): Promise<CaseResult> {
  const answer = await measureApart({ runtime, model }, signal);
  const { device, precision, threads, batch } = model;
  return {
    runtime: runtime.name,
    ...(device !== undefined && { device }),
    ...(precision !== undefined && { precision }),
    ...(threads !== undefined && { threads }),
    batch,
    ...('model' in answer && { measured: answer.model }),
    ...('failure' in answer && { failure: answer.failure }),
  };
}

/** Says on a terminal what is measured now. */
interface Progress {
  tell(what: string): void;
}

function measuringProgress(): Progress & Disposable {
  const region = process.stderr.isTTY ? liveRegion(process.stderr) : undefined;
  return { tell: (what) => region?.draw([`Measuring ${what} …`]), [Symbol.dispose]: () => region?.end() };
}

/** What the machine can do, by the engine that is measured first. */
async function machineOf(
  [first]: readonly Combination[],
  signal: AbortSignal,
  progress: Progress,
): Promise<Partial<BenchReport['machine']>> {
  if (first === undefined) return {};
  progress.tell('the machine');
  const answer = await measureApart({ runtime: first.runtime }, signal);
  return {
    ...('machine' in answer && { measured: answer.machine }),
    ...('failure' in answer && { failure: answer.failure }),
  };
}

async function measured(file: string, options: BenchModelOptions, signal: AbortSignal): Promise<BenchReport> {
  const fileBytes = await sizeOfFile(file);
  const all = combinations(file, options);
  using progress = measuringProgress();
  const machine = options.machine ? await machineOf(all, signal, progress) : {};
  const results: CaseResult[] = [];
  for (const [n, combination] of all.entries()) {
    progress.tell(`${combination.runtime.name}, ${n + 1} of ${all.length}`);
    results.push(await resultOf(combination, signal));
  }
  return {
    file,
    fileBytes,
    machine: { ...machineFacts(), ...machine },
    results,
  };
}

/** `aiwork bench model`: how fast a model is on this machine. */
export async function benchModel(file: string, options: BenchModelOptions): Promise<ExitCode> {
  return untilInterrupted('nothing was measured to the end', async (signal) => {
    const report = await measured(file, options, signal);
    writeOut(options.json ? `${toJson(report)}\n` : printMeasurements(report, paintFor(process.stdout)));
    return report.results.some(({ measured: done }) => done) ? exitCode.ok : exitCode.failed;
  });
}
