import { writeFileAtomically } from '../atomic-file.ts';
import { AiworkError } from '../errors.ts';
import type { LogLevel } from '../logger.ts';
import { definePlugin, type Plugin } from '../plugin.ts';
import type { RunEvent } from '../run-event.ts';
import { type Measurement, measure, measureBy } from './measurement.ts';
import { createRing } from './ring.ts';
import { createRunReader, type RunSample } from './run-reader.ts';

/** @since 0.1.0 */
export interface RunMetricsOptions {
  /** How many ends of runs and steps, model calls and tool calls are kept, the newest. Default 20,000. */
  readonly maxSamples?: number;
  /** How many log lines are kept, the newest. Default 1,000. */
  readonly maxLogs?: number;
}

/** What to look at; all given conditions hold. @since 0.1.0 */
export interface MetricsFilter {
  readonly tag?: string;
  readonly unitId?: string;
  readonly runId?: string;
  /** From this time on: a date, or milliseconds since the Unix epoch. */
  readonly since?: Date | number;
  /** Up to and with this time. */
  readonly until?: Date | number;
}

/** What models were used for. @since 0.1.0 */
export interface ModelMeasurement {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** In US dollars, as far as the model says. */
  readonly cost: number;
}

/** @since 0.1.0 */
export interface MetricsReport {
  readonly runs: Measurement;
  readonly steps: Measurement;
  readonly runsByUnit: Readonly<Record<string, Measurement>>;
  readonly runsByTag: Readonly<Record<string, Measurement>>;
  /** By unit and step, as in `review/pages[]`. */
  readonly stepsById: Readonly<Record<string, Measurement>>;
  readonly stepsByTag: Readonly<Record<string, Measurement>>;
  readonly models: Readonly<Record<string, ModelMeasurement>>;
  readonly tools: Readonly<Record<string, { readonly calls: number; readonly failures: number }>>;
  /** Samples that were kept no longer, whatever the filter: when it is not 0, older times are not covered. */
  readonly dropped: number;
}

/** A line a unit logged. @since 0.1.0 */
export interface LogLine {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  readonly runId: string;
  readonly unitId: string;
  readonly tags: readonly string[];
  readonly stepId: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly data?: unknown;
}

/** Measurements of the runs of this process, kept in memory. @since 0.1.0 */
export interface RunMetrics {
  /** To be given to the orchestrator; one may be given to several. */
  readonly plugin: Plugin;
  report(filter?: MetricsFilter): MetricsReport;
  /** Kept log lines, oldest first. */
  logs(filter?: MetricsFilter & { readonly level?: LogLevel }): readonly LogLine[];
  /** Everything that is kept, as a report and its logs. */
  toJSON(): { readonly report: MetricsReport; readonly logs: readonly LogLine[] };
  /** Writes `toJSON()` to a file, whole or not at all. */
  write(file: string): Promise<void>;
}

/**
 * Measures runs by their events: how often steps, runs, tools and models succeeded, failed and were tried again, and how
 * long they took. Nothing leaves the process.
 *
 * @throws `AIWORK_INVALID_ARGUMENT` when a limit is not a whole number of 1 or more.
 * @example
 * ```ts
 * import { createOrchestrator, createRunMetrics, defineTask } from '@aiwork/core';
 * import { z } from 'zod';
 *
 * const metrics = createRunMetrics();
 * const shout = defineTask({ id: 'shout', input: z.string(), run: (text) => text.toUpperCase(), tags: ['text'] });
 * await using ai = createOrchestrator({ plugins: [metrics.plugin] });
 * await (await ai.start(shout, 'hello')).result();
 * console.log(metrics.report({ tag: 'text' }).runsByUnit.shout?.succeeded); // 1
 * ```
 * @since 0.1.0
 */
export function createRunMetrics(options: RunMetricsOptions = {}): RunMetrics {
  const samples = createRing<RunSample>(limit(options.maxSamples, 'maxSamples', 20_000));
  const logLines = createRing<LogLine>(limit(options.maxLogs, 'maxLogs', 1000));
  const reader = createRunReader();

  function see(event: RunEvent): void {
    if (event.type === 'log') {
      const { stepId, level, message, data } = event;
      const line = { ...reader.placeOf(event), stepId, level, message };
      logLines.push(data === undefined ? line : { ...line, data });
      return;
    }
    const sample = reader.read(event);
    if (sample) samples.push(sample);
  }

  const metrics: RunMetrics = {
    plugin: definePlugin({ name: 'run-metrics', setup: (host) => host.on('*', see) })(),
    report: (filter = {}) => ({
      ...summarize(samples.items().filter(passes(filter))),
      dropped: samples.dropped,
    }),
    logs: ({ level, ...filter } = {}) =>
      logLines
        .items()
        .filter(passes(filter))
        .filter((line) => level === undefined || line.level === level),
    toJSON: () => ({ report: metrics.report(), logs: metrics.logs() }),
    write: (file) => writeFileAtomically(file, `${JSON.stringify(metrics, null, 2)}\n`),
  };
  return metrics;
}

function passes({ tag, unitId, runId, since, until }: MetricsFilter) {
  const from = Number(since ?? Number.NEGATIVE_INFINITY);
  const to = Number(until ?? Number.POSITIVE_INFINITY);
  return (place: Omit<RunSample, 'kind'>) =>
    place.at >= from &&
    place.at <= to &&
    (tag === undefined || place.tags.includes(tag)) &&
    (unitId === undefined || place.unitId === unitId) &&
    (runId === undefined || place.runId === runId);
}

function summarize(samples: readonly RunSample[]): Omit<MetricsReport, 'dropped'> {
  const runs = samples.filter((sample) => sample.kind === 'run');
  const steps = samples.filter((sample) => sample.kind === 'step');
  return {
    runs: measure(runs),
    steps: measure(steps),
    runsByUnit: measureBy(runs, ({ unitId }) => [unitId]),
    runsByTag: measureBy(runs, ({ tags }) => tags),
    stepsById: measureBy(steps, ({ unitId, stepId }) => [`${unitId}/${stepId}`]),
    stepsByTag: measureBy(steps, ({ tags }) => tags),
    models: usageOfModels(samples),
    tools: callsOfTools(samples),
  };
}

function usageOfModels(samples: readonly RunSample[]): Record<string, ModelMeasurement> {
  const models = new Map<string, ModelMeasurement>();
  for (const sample of samples) {
    if (sample.kind !== 'model') continue;
    const { calls, inputTokens, outputTokens, cost } = models.get(sample.model) ?? noUsage;
    models.set(sample.model, {
      calls: calls + 1,
      inputTokens: inputTokens + sample.inputTokens,
      outputTokens: outputTokens + sample.outputTokens,
      cost: cost + sample.cost,
    });
  }
  return Object.fromEntries(models);
}

const noUsage: ModelMeasurement = { calls: 0, inputTokens: 0, outputTokens: 0, cost: 0 };

function callsOfTools(samples: readonly RunSample[]): MetricsReport['tools'] {
  const tools = new Map<string, { calls: number; failures: number }>();
  for (const sample of samples) {
    if (sample.kind !== 'tool') continue;
    const { calls, failures } = tools.get(sample.tool) ?? { calls: 0, failures: 0 };
    tools.set(sample.tool, { calls: calls + 1, failures: failures + (sample.ok ? 0 : 1) });
  }
  return Object.fromEntries(tools);
}

function limit(value: number | undefined, name: string, standard: number): number {
  if (value === undefined) return standard;
  if (Number.isInteger(value) && value >= 1) return value;
  throw new AiworkError('AIWORK_INVALID_ARGUMENT', `${name} is ${value}: give a whole number of 1 or more`);
}
