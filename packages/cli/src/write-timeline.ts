import type { FlowGraph, RunEvent } from '@aiwork/core';
import type { Runs } from './runs/runs.ts';
import { UsageError } from './usage-error.ts';
import { writeOutFile } from './write-out-file.ts';

export interface TimelineOptions {
  readonly runs: Pick<Runs, 'get' | 'events'>;
  readonly runId: string;
  readonly graph?: FlowGraph | undefined;
  readonly file: string;
}

/** Writes a run's timeline as one page that works offline. */
export async function writeTimeline({ runs, runId, graph, file }: TimelineOptions): Promise<void> {
  const record = await runs.get(runId);
  if (!record) throw new UsageError(`there is no run "${runId}"`, { code: 'AIWORK_RUN_NOT_FOUND' });
  const events: RunEvent[] = [];
  for await (const event of runs.events(runId)) events.push(event);
  const { timelineHtml } = await import('./render/timeline.ts');
  await writeOutFile(file, timelineHtml({ record, events, ...(graph && { graph }) }));
}
