import { type HrTime, ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type Histogram,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';

/** Label sets of one metric; all further ones are counted together. */
const maxSeries = 2000;
const other = 'other';

export interface MetricOptions<Label extends string> {
  readonly name: string;
  readonly description: string;
  readonly unit?: string;
  readonly labels: readonly Label[];
}

/** Adds an amount, for the values of the labels in their order. */
export type Add = (amount: number, ...values: readonly string[]) => void;

/**
 * Counts and distributes. The instruments of the SDK sort and write out the labels of every single measurement, which
 * costs more than all the rest of what is measured here; these find their place by the values alone.
 */
export interface MetricBook extends MetricProducer {
  counter(options: MetricOptions<string>): Add;
  /** What goes up and down. */
  gauge(options: MetricOptions<string>): Add;
  histogram(options: MetricOptions<string> & { readonly bounds: readonly number[] }): Add;
}

interface Series<T> {
  readonly attributes: Readonly<Record<string, string>>;
  state: T;
}

/** The label sets whose first values are these. */
interface Level<T> {
  readonly next: Map<string, Level<T>>;
  series?: Series<T>;
}

interface Distribution {
  readonly counts: number[];
  sum: number;
  count: number;
  min: number;
  max: number;
}

export function createMetricBook(scope: { readonly name: string; readonly version: string }): MetricBook {
  const startTime = hrTime();
  const metrics: ((endTime: HrTime) => MetricData | undefined)[] = [];

  function keep<T, D extends MetricData>(
    { name, description, unit = '', labels }: MetricOptions<string>,
    empty: () => T,
    read: (common: Common, points: readonly DataPoint<T>[]) => D,
  ): (values: readonly string[]) => Series<T> {
    const all: Series<T>[] = [];
    const first: Level<T> = { next: new Map() };
    const descriptor = { name, description, unit, valueType: ValueType.DOUBLE };
    metrics.push((endTime) => {
      if (all.length === 0) return undefined;
      const points = all.map(({ attributes, state: value }) => ({
        attributes,
        value,
        startTime,
        endTime,
      }));
      return read({ descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }, points);
    });
    const find = (values: readonly string[]): Series<T> => {
      let at = first;
      for (const value of values) {
        let next = at.next.get(value);
        if (!next) {
          if (all.length >= maxSeries && values.some((one) => one !== other)) {
            return find(labels.map(() => other));
          }
          next = { next: new Map() };
          at.next.set(value, next);
        }
        at = next;
      }
      if (!at.series) {
        const attributes = Object.fromEntries(labels.map((label, i) => [label, values[i] ?? '']));
        at.series = { attributes, state: empty() };
        all.push(at.series);
      }
      return at.series;
    };
    return find;
  }

  function sum(options: MetricOptions<string>, isMonotonic: boolean): Add {
    const find = keep<number, MetricData>(
      options,
      () => 0,
      (common, points) => ({
        ...common,
        dataPointType: DataPointType.SUM,
        isMonotonic,
        dataPoints: [...points],
      }),
    );
    return (amount, ...values) => {
      if (Number.isFinite(amount)) find(values).state += amount;
    };
  }

  return {
    counter: (options) => sum(options, true),
    gauge: (options) => sum(options, false),
    histogram(options) {
      const bounds = [...options.bounds];
      const find = keep<Distribution, MetricData>(
        options,
        () => ({
          counts: Array(bounds.length + 1).fill(0),
          sum: 0,
          count: 0,
          min: Number.POSITIVE_INFINITY,
          max: Number.NEGATIVE_INFINITY,
        }),
        (common, points) => ({
          ...common,
          dataPointType: DataPointType.HISTOGRAM,
          dataPoints: points.map((point) => ({ ...point, value: toHistogram(point.value, bounds) })),
        }),
      );
      return (amount, ...values) => {
        // A sum that was NaN once is so for ever, and one that shrinks is taken for a restart: clocks may disagree.
        if (!Number.isFinite(amount)) return;
        const value = Math.max(0, amount);
        const { state } = find(values);
        const bucket = bounds.findIndex((bound) => value <= bound);
        const at = bucket < 0 ? bounds.length : bucket;
        state.counts[at] = (state.counts[at] ?? 0) + 1;
        state.sum += value;
        state.count += 1;
        state.min = Math.min(state.min, value);
        state.max = Math.max(state.max, value);
      };
    },
    async collect() {
      const endTime = hrTime();
      const read = metrics.flatMap((metric) => metric(endTime) ?? []);
      return {
        resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope, metrics: read }] },
        errors: [],
      };
    },
  };
}

type Common = Pick<MetricData, 'descriptor' | 'aggregationTemporality'>;

function toHistogram({ counts, sum, count, min, max }: Distribution, boundaries: number[]): Histogram {
  return { buckets: { boundaries, counts: [...counts] }, sum, count, min, max };
}
