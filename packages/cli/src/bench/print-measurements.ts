import { availableParallelism, cpus, release, totalmem } from 'node:os';
import process from 'node:process';
import { type Fact, factLines } from '../terminal/fact-lines.ts';
import type { Paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import type { MachineMeasurement } from './measure-machine.ts';
import type { ModelMeasurement } from './measure-model.ts';
import type { Failure } from './measuring-process.ts';

/** What is known of the machine without measuring. */
export interface MachineFacts {
  readonly processor: string;
  /** How many this process may use. */
  readonly processors: number;
  readonly memoryBytes: number;
  readonly system: string;
  readonly node: string;
}

export function machineFacts(): MachineFacts {
  return {
    processor: cpus()[0]?.model.trim() ?? 'unknown',
    processors: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${process.arch} ${release()}`,
    node: process.version,
  };
}

/** A combination, and what came of it. */
export interface CaseResult {
  readonly runtime: string;
  readonly device?: string;
  readonly precision?: string;
  readonly threads?: number;
  readonly batch: number;
  readonly measured?: ModelMeasurement;
  readonly failure?: Failure;
}

export interface BenchReport {
  readonly file: string;
  readonly fileBytes: number;
  readonly machine: MachineFacts & { readonly measured?: MachineMeasurement; readonly failure?: Failure };
  readonly results: readonly CaseResult[];
}

/** Three digits, and those before the point. */
export const shortNumber = (value: number): string =>
  value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2);

const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(0);

function machineFactsOf({ machine }: BenchReport): readonly Fact[] {
  const { measured, failure } = machine;
  const memory = megabytes(machine.memoryBytes);
  return [
    ['machine', `${machine.processor}, ${machine.processors} processors, ${memory} MB`],
    ['system', `${machine.system}, Node ${machine.node}`],
    ...(failure ? [['measured', `nothing: ${failure.message}`] as const] : []),
    ...(measured
      ? [['copies', `${shortNumber(measured.copyGBps)} GB/s read and written by one thread`] as const]
      : []),
    ...(measured?.arithmetic ?? []).map(({ device, threads, gflops }) => {
      const by = threads === undefined ? 'all threads' : `${threads} thread`;
      return ['arithmetic', `${shortNumber(gflops)} GFLOP/s on ${device}, ${by}, 32-bit floats`] as const;
    }),
  ];
}

const head = [
  'RUNTIME',
  'DEVICE',
  'PRECISION',
  'THREADS',
  'BATCH',
  'LOAD MS',
  'P50 MS',
  'P95 MS',
  'P99 MS',
  'ROWS/S',
  'MB',
];

function cells(result: CaseResult): readonly string[] {
  const { runtime, precision, threads, batch, measured } = result;
  const device = measured?.ranOn.device ?? result.device ?? '';
  const about = [
    runtime,
    device,
    measured?.ranOn.precision ?? precision ?? '',
    `${threads ?? 'auto'}`,
    `${batch}`,
  ];
  if (!measured) return [...about, 'failed'];
  const { loadMs, latencyMs, rowsPerSecond, memoryBytes } = measured;
  const times = [loadMs, latencyMs.p50, latencyMs.p95, latencyMs.p99, rowsPerSecond].map(shortNumber);
  return [...about, ...times, megabytes(memoryBytes.most)];
}

/** The report as text. What failed is explained below. */
export function printMeasurements(report: BenchReport, paint: Paint): string {
  const { file, fileBytes, results } = report;
  const inputs = results.find(({ measured }) => measured)?.measured?.inputs ?? {};
  const shapes = Object.entries(inputs).map(([name, shape]) => `${name} [${shape.join(', ')}]`);
  const facts: readonly Fact[] = [
    ...machineFactsOf(report),
    ['model', `${file} (${shortNumber(fileBytes / 1e6)} MB)`],
    ...(shapes.length > 0 ? [['inputs', `${shapes.join(', ')} in the first row`] as const] : []),
  ];
  const failures = results.flatMap(({ runtime, failure }) =>
    failure ? [`${runtime}: ${failure.code ? `${failure.code} ` : ''}${failure.message}`] : [],
  );
  const lines = [
    ...factLines(facts, paint),
    '',
    table(head, results.map(cells)),
    ...(failures.length > 0 ? ['', ...new Set(failures)] : []),
  ];
  return `${lines.join('\n')}\n`;
}
