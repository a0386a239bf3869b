import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Report, resultsFolder } from '../report.ts';
import { withResults } from './results-page.ts';

/** The page that shows the committed results. */
export const pageFile = join(import.meta.dirname, '../../../../docs/benchmarks/README.md');

export async function committedReports(): Promise<Report[]> {
  const files = (await readdir(resultsFolder)).filter((file) => file.endsWith('.json')).sort();
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(resultsFolder, file), 'utf8')) as Report),
  );
}

/** The page as it should be. */
export async function currentPage(): Promise<string> {
  return withResults(await readFile(pageFile, 'utf8'), await committedReports());
}

/** Writes the figures of the committed results into the page. */
export async function writePage(): Promise<void> {
  await writeFile(pageFile, await currentPage());
}
