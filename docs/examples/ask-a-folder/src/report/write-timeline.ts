import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Orchestrator, RunEvent } from '@aiwork/core';
import { timelineHtml } from 'aiwork/timeline';
import { askAFolder } from '../flow.ts';

/** Writes the timeline of a run, however it ended. */
export async function writeTimeline(orchestrator: Orchestrator, runId: string, path: string): Promise<void> {
  const record = await orchestrator.get(runId);
  if (!record) throw new Error(`run ${runId} is gone from its store`);
  const events: RunEvent[] = [];
  for await (const event of orchestrator.events(runId)) events.push(event);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, timelineHtml({ record, events, graph: askAFolder.toGraph() }));
}
