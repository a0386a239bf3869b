import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { FlowGraph, Orchestrator, RunEvent } from '@aiwork/core';
import { UsageError } from './usage-error.ts';

export interface TimelineOptions {
  readonly orchestrator: Orchestrator;
  readonly runId: string;
  readonly graph?: FlowGraph | undefined;
  readonly file: string;
}

/** Writes a run's timeline as one page that works offline. */
export async function writeTimeline({ orchestrator, runId, graph, file }: TimelineOptions): Promise<void> {
  const record = await orchestrator.get(runId);
  if (!record) throw new UsageError(`there is no run "${runId}"`, { code: 'AIWORK_RUN_NOT_FOUND' });
  const events: RunEvent[] = [];
  for await (const event of orchestrator.events(runId)) events.push(event);
  const { timelineHtml } = await import('./render/timeline.ts');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, timelineHtml({ record, events, ...(graph && { graph }) }));
}
