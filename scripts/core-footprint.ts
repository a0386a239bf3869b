import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { command } from './command.ts';
import type { Verdict } from './gate.ts';
import { npmProject } from './npm-project.ts';
import type { Tarball } from './tarballs.ts';

const maxInstalledBytes = 1_000_000;
const maxImportMs = 30;
const importRuns = 15;
/** On a machine that is busy with something else, rounds are slow throughout: the quietest one counts. */
const importRounds = 5;
const pauseMs = 2_000;

/** Installs core's tarball alone and holds its size, dependencies included, and its import time to their limits. */
export async function coreFootprint(tarballs: readonly Tarball[], folder: string): Promise<Verdict> {
  const project = await npmProject(
    join(folder, 'footprint'),
    tarballs.filter(({ name }) => name === '@aiwork/core'),
  );
  const bytes = await sizeOf(join(project, 'node_modules'));
  const importMs = await importTime(project);
  const fits = bytes <= maxInstalledBytes && importMs <= maxImportMs;
  const size = `${Math.round(bytes / 1000)} kB installed (at most ${maxInstalledBytes / 1000})`;
  const time = `imported in ${importMs.toFixed(1)} ms, median of ${importRuns} fresh processes (at most ${maxImportMs})`;
  return { status: fits ? 'passed' : 'failed', note: `${size}, ${time}` };
}

async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes;
}

async function importTime(project: string): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < importRounds && best > maxImportMs; round += 1) {
    if (round > 0) await setTimeout(pauseMs);
    best = Math.min(best, median(await importTimes(project)));
  }
  return best;
}

async function importTimes(project: string): Promise<number[]> {
  const script = `const t = performance.now(); await import('@aiwork/core'); console.log(performance.now() - t);`;
  const times: number[] = [];
  for (let run = 0; run < importRuns; run += 1) {
    const { ok, output } = await command('node', ['--input-type=module', '-e', script], { cwd: project });
    if (!ok) throw new Error(`importing @aiwork/core failed:\n${output}`);
    times.push(Number(output));
  }
  return times;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
