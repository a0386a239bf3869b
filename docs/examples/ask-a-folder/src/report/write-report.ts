import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Result } from '../result.ts';
import { reportPage } from './report-page.ts';

export const reportName = 'report.html';
export const timelineName = 'timeline.html';

export interface WriteReportOptions {
  readonly result: Result;
  readonly folder: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Writes the report into a folder, and gives its path. A reader never sees half of it. */
export async function writeReport({ result, folder, runId, signal }: WriteReportOptions): Promise<string> {
  const path = join(folder, reportName);
  const unfinished = `${path}.${randomUUID()}.tmp`;
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(unfinished, reportPage({ result, runId, timeline: timelineName }), { signal });
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  return path;
}
