import type { ModelMeasurement, RunRecord, RunSample } from '@aiwork/core';
import type { Dimension } from './dimensions.ts';
import type { JournalListener } from './read-journals.ts';
import { createTallies, createTally, type Tallied } from './tally.ts';

/** What is counted under a name. */
export interface Row extends Tallied {
  readonly key: string;
}

export interface RunReport {
  /** How many began; those that ended are in `total`. */
  readonly began: number;
  readonly unfinished: number;
  readonly total: Tallied;
  readonly by: Dimension;
  /** Hours and days in their order, all else by how much there is. */
  readonly groups: readonly Row[];
  /** By their 95th percentile. */
  readonly slowestSteps: readonly Row[];
  readonly models: Readonly<Record<string, ModelMeasurement>>;
  readonly tools: Readonly<Record<string, { readonly calls: number; readonly failures: number }>>;
}

export interface RunReporter extends JournalListener {
  report(): RunReport;
}

const slowest = 10;

/** Adds up what happened in runs, in memory that does not grow with how many there are. */
export function createRunReporter(by: Dimension): RunReporter {
  let [began, unfinished] = [0, 0];
  const total = createTally();
  const [groups, steps] = [createTallies(), createTallies()];
  const models = new Map<string, ModelMeasurement>();
  const tools = new Map<string, { readonly calls: number; readonly failures: number }>();

  function add(sample: RunSample, record: RunRecord): void {
    switch (sample.kind) {
      case 'run':
        total.end(sample);
        for (const key of keysOf(record, by)) groups.of(key).end(sample);
        return;
      case 'step':
        return steps.of(`${sample.unitId}/${sample.stepId}`).end(sample);
      case 'model': {
        total.use(sample);
        for (const key of keysOf(record, by)) groups.of(key).use(sample);
        const { calls = 0, inputTokens = 0, outputTokens = 0, cost = 0 } = models.get(sample.model) ?? {};
        models.set(sample.model, {
          calls: calls + 1,
          inputTokens: inputTokens + sample.inputTokens,
          outputTokens: outputTokens + sample.outputTokens,
          cost: cost + sample.cost,
        });
        return;
      }
      case 'tool': {
        const { calls = 0, failures = 0 } = tools.get(sample.tool) ?? {};
        tools.set(sample.tool, { calls: calls + 1, failures: failures + (sample.ok ? 0 : 1) });
      }
    }
  }

  return {
    run({ status }) {
      began += 1;
      if (status === 'queued' || status === 'running' || status === 'waiting') unfinished += 1;
    },
    sample: add,
    report() {
      const rows = rowsOf(by === 'step' ? steps.all() : groups.all());
      return {
        began,
        unfinished,
        total: total.tallied(),
        by,
        groups: by === 'hour' || by === 'day' ? rows.toSorted(byKey) : rows.toSorted(byCount),
        slowestSteps: rowsOf(steps.all()).toSorted(byP95).slice(0, slowest),
        models: Object.fromEntries(models),
        tools: Object.fromEntries(tools),
      };
    },
  };
}

/** What a run is counted under. */
function keysOf({ createdAt, unitId, tags }: RunRecord, by: Dimension): readonly string[] {
  switch (by) {
    case 'hour':
      return [`${new Date(createdAt).toISOString().slice(0, 13)}:00Z`];
    case 'day':
      return [new Date(createdAt).toISOString().slice(0, 10)];
    case 'unit':
      return [unitId];
    case 'tag':
      return tags.length > 0 ? tags : ['(none)'];
    case 'step':
      return [];
  }
}

const rowsOf = (tallied: ReadonlyMap<string, Tallied>): readonly Row[] =>
  [...tallied].map(([key, counts]) => ({ key, ...counts }));

const countOf = ({ succeeded, failed, cancelled }: Row) => succeeded + failed + cancelled;
const byKey = (a: Row, b: Row) => (a.key < b.key ? -1 : 1);
const byCount = (a: Row, b: Row) => countOf(b) - countOf(a) || byKey(a, b);
const byP95 = (a: Row, b: Row) => (b.durations?.p95Ms ?? 0) - (a.durations?.p95Ms ?? 0) || byKey(a, b);
