import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ContractReport } from '../engine/report.ts';
import { usageError } from './usage-error.ts';

/** What any file system takes, with an ending and a number. */
const maxNameLength = 200;

/** Where the reports of one command go. */
export interface ReportFiles {
  write(report: ContractReport): Promise<void>;
}

/**
 * `path` is the file of the only report when it ends with `.json`, else a folder with a file for each.
 *
 * @throws `AIWORK_USAGE` before anything is run when reports cannot be written there.
 */
export async function reportFiles(path: string, count: number): Promise<ReportFiles> {
  const single = path.endsWith('.json');
  if (single && count > 1) {
    throw usageError(`${path} is one file and there are ${count} runs: name a folder for their reports`);
  }
  const folder = single ? dirname(path) : path;
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw usageError(`reports cannot be written to ${folder}: ${error}`);
  });
  if (single && (await stat(path).catch(() => undefined))?.isDirectory()) {
    throw usageError(`${path} is a folder: name a file, or a folder that does not end with .json`);
  }
  const used = new Set<string>();

  function fileOf({ contract, subject }: ContractReport): string {
    if (single) return path;
    const words = `${contract.id} ${subject}`.toLowerCase().match(/[a-z0-9]+/g) ?? [];
    const name = words.join('-').slice(0, maxNameLength);
    let file = name;
    for (let twin = 2; used.has(file); twin += 1) file = `${name}-${twin}`;
    used.add(file);
    return join(folder, `${file}.json`);
  }

  return {
    write: (report) => writeFile(fileOf(report), `${JSON.stringify(report, undefined, 2)}\n`),
  };
}
