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

/** Adds an amount to one label set, which is shown from then on. */
export type Add = (amount: number) => void;

/** What adds to the label set with these values, in the order of the labels: to be kept by who needs it often. */
export type Metric = (...values: readonly string[]) => Add;

/**
 * Counts and distributes. The instruments of the SDK sort and write out the labels of every single measurement, which
 * costs more than all the rest of what is measured here; these find their place by the values alone, and once.
 */
export interface MetricBook extends MetricProducer {
  counter(options: MetricOptions<string>): Metric;
  /** What goes up and down. */
  gauge(options: MetricOptions<string>): Metric;
  histogram(options: MetricOptions<string> & { readonly bounds: readonly number[] }): Metric;
}

interface Amounts<T> {
  readonly add: Add;
  /** Nothing as long as nothing was added. */
  read(): T | undefined;
}

interface Series<T> extends Amounts<T> {
  readonly attributes: Readonly<Record<string, string>>;
}

export function createMetricBook(scope: { readonly name: string; readonly version: string }): MetricBook {
  const startTime = hrTime();
  const metrics: ((endTime: HrTime) => MetricData | undefined)[] = [];

  function keep<T, D extends MetricData>(
    { name, description, unit = '', labels }: MetricOptions<string>,
    open: () => Amounts<T>,
    read: (common: Common, points: readonly DataPoint<T>[]) => D,
  ): Metric {
    const all = new Map<string, Series<T>>();
    const descriptor = { name, description, unit, valueType: ValueType.DOUBLE };
    metrics.push((endTime) => {
      const points = [...all.values()].flatMap((series) => {
        const value = series.read();
        return value === undefined ? [] : { attributes: series.attributes, value, startTime, endTime };
      });
      if (points.length === 0) return undefined;
      return read({ descriptor, aggregationTemporality: AggregationTemporality.CUMULATIVE }, points);
    });
    return function find(...values): Add {
      const key = JSON.stringify(values);
      const found = all.get(key);
      if (found) return found.add;
      if (all.size >= maxSeries && values.some((one) => one !== other))
        return find(...labels.map(() => other));
      const attributes = Object.fromEntries(labels.map((label, i) => [label, values[i] ?? '']));
      const series = { attributes, ...open() };
      all.set(key, series);
      return series.add;
    };
  }

  const sum = (options: MetricOptions<string>, isMonotonic: boolean) =>
    keep<number, MetricData>(options, openSum, (common, points) => ({
      ...common,
      dataPointType: DataPointType.SUM,
      isMonotonic,
      dataPoints: [...points],
    }));

  return {
    counter: (options) => sum(options, true),
    gauge: (options) => sum(options, false),
    histogram: (options) =>
      keep<Histogram, MetricData>(
        options,
        () => openHistogram(options.bounds),
        (common, points) => ({
          ...common,
          dataPointType: DataPointType.HISTOGRAM,
          dataPoints: [...points],
        }),
      ),
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

function openSum(): Amounts<number> {
  let sum: number | undefined;
  return {
    add(amount) {
      if (Number.isFinite(amount)) sum = (sum ?? 0) + amount;
    },
    read: () => sum,
  };
}

function openHistogram(bounds: readonly number[]): Amounts<Histogram> {
  const counts: number[] = Array(bounds.length + 1).fill(0);
  let sum = 0;
  let count = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  return {
    add(amount) {
      // A sum that was NaN once is so for ever, and one that shrinks is taken for a restart: clocks may disagree.
      if (!Number.isFinite(amount)) return;
      const value = Math.max(0, amount);
      let bucket = 0;
      while (bucket < bounds.length && value > (bounds[bucket] ?? 0)) bucket += 1;
      counts[bucket] = (counts[bucket] ?? 0) + 1;
      sum += value;
      count += 1;
      min = Math.min(min, value);
      max = Math.max(max, value);
    },
    read() {
      if (count === 0) return undefined;
      return { buckets: { boundaries: [...bounds], counts: [...counts] }, sum, count, min, max };
    },
  };
}
