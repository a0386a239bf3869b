import type { RunRecord } from '@aiwork/core';
import type { Keyspace } from '../keyspace.ts';

/** The keys of one namespace's runs. They share a hash tag, since runs and the order they are found by change together. */
export interface RunKeys {
  /** The number that was given to the run created last. */
  readonly positions: string;
  /** Ids by status and creation. */
  readonly order: string;
  /** Finished runs by the time of their last event. */
  readonly finished: string;
  /** What a run is moved between: order, held, free, asleep, finished. */
  readonly moving: readonly string[];
  /** The record, and after it each event at the index that is its number. */
  journal(runId: string): string;
  /** What changes of a run. */
  state(runId: string): string;
  unit(unitId: string): string;
  tag(tag: string): string;
  /** What else a run is found by: its unit and its tags. */
  indexes(record: Pick<RunRecord, 'unitId' | 'tags'>): readonly string[];
}

export function runKeys({ together }: Keyspace): RunKeys {
  const name = (part: string) => `${together}runs:${part}`;
  const order = name('order');
  const finished = name('finished');
  const unit = (unitId: string) => name(`unit:${unitId}`);
  const tag = (text: string) => name(`tag:${text}`);
  return {
    positions: name('positions'),
    order,
    finished,
    moving: [order, name('held'), name('free'), name('asleep'), finished],
    journal: (runId) => name(`journal:${runId}`),
    state: (runId) => name(`state:${runId}`),
    unit,
    tag,
    indexes: ({ unitId, tags }) => [unit(unitId), ...new Set(tags.map(tag))],
  };
}
