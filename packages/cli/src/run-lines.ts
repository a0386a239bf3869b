import process from 'node:process';
import type { RunEvent } from '@aiwork/core';
import { begunRuns } from './begun-runs.ts';
import { elapsed } from './terminal/elapsed.ts';
import { oneLine } from './terminal/one-line.ts';
import { paintErr } from './terminal/style.ts';

/** A line on stderr when a run begins here, and one when it is over. */
export function runLines(): (event: RunEvent) => void {
  const begun = begunRuns<number>();
  return (event) => {
    const { runId, at } = event;
    const id = oneLine(runId);
    if (event.type === 'run.started' || event.type === 'run.resumed') {
      begun.begin(runId, at);
      const what = event.type === 'run.started' ? 'started' : 'goes on';
      tell(`${paintErr('cyan', '●')} ${id} ${what}: ${oneLine(event.unitId)}`);
    }
    if (event.type !== 'run.finished') return;
    const took = elapsed(at - (begun.end(runId) ?? at));
    const why = event.error ? `: ${oneLine(event.error.message)}` : '';
    const [style, mark] = marks[event.status];
    tell(`${paintErr(style, mark)} ${id} ${event.status} after ${took}${why}`);
  };
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}

const marks = {
  succeeded: ['green', '✔'],
  failed: ['red', '✖'],
  cancelled: ['yellow', '■'],
} as const;
