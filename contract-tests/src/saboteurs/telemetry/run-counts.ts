import type { RunEvent } from '@aiwork/core';
import type { JsonPoint } from '../../otlp/otlp-json.ts';
import { attributesOf } from './reference-spans.ts';

export interface CountRules {
  /** Units that are told apart; the others are one. */
  readonly maxUnits: number;
  /** What a finished run adds. */
  readonly step: number;
}

export const countRules: CountRules = { maxUnits: 8, step: 1 };

/** Those of units that are told apart, and of the others, with each status. */
export const maxSeries = (countRules.maxUnits + 1) * 3;

/** Counts runs that are over, since it was made. */
export function createRunCounts({ maxUnits, step }: CountRules) {
  const startTimeUnixNano = String(BigInt(Date.now()) * 1_000_000n);
  const units = new Map<string, string>();
  const known = new Set<string>();
  const counts = new Map<string, { unit: string; status: string; count: number }>();

  function label(unit: string): string {
    if (known.size < maxUnits) known.add(unit);
    return known.has(unit) ? unit : 'other';
  }

  return {
    event(event: RunEvent): void {
      if (event.type === 'run.started') units.set(event.runId, label(event.unitId));
      if (event.type !== 'run.finished') return;
      const unit = units.get(event.runId) ?? 'other';
      units.delete(event.runId);
      const key = `${event.status} ${unit}`;
      const counted = counts.get(key) ?? { unit, status: event.status, count: 0 };
      counts.set(key, { ...counted, count: counted.count + step });
    },
    points: (): readonly JsonPoint[] =>
      [...counts.values()].map(({ unit, status, count }) => ({
        attributes: attributesOf({ unit, status }, 100),
        startTimeUnixNano,
        timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
        asInt: String(count),
      })),
  };
}
