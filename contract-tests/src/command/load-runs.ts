import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { checkRunFacts } from '../engine/check-run-facts.ts';
import type { ContractRun } from '../engine/contract-run.ts';
import { describeError } from './describe-error.ts';
import { usageError } from './usage-error.ts';

/** A run and the file that exports it, as it was named. */
export interface LoadedRun {
  readonly file: string;
  readonly run: ContractRun;
}

/**
 * The runs that files export by default, in order.
 *
 * @throws `AIWORK_USAGE` for a file that is not there, cannot be loaded or exports something else.
 */
export async function loadRuns(files: readonly string[]): Promise<readonly LoadedRun[]> {
  const loaded: LoadedRun[] = [];
  for (const file of files) {
    for (const run of await loadFile(file)) {
      checkRunFacts(run);
      const twin = loaded.find((other) => titleOf(other.run) === titleOf(run));
      if (twin) {
        throw usageError(
          `${twin.file} and ${file} both have a run of ${titleOf(run)}: give each a name of its own`,
        );
      }
      loaded.push({ file, run });
    }
  }
  return loaded;
}

/** How a run is called where there are several. */
export function titleOf({ contract, name }: ContractRun): string {
  return `${contract.id} on ${name}`;
}

async function loadFile(file: string): Promise<readonly ContractRun[]> {
  const path = resolve(file);
  await access(path).catch(() => {
    throw usageError(`there is no file ${file}`);
  });
  if (/\.[cm]?ts$/.test(file) && !process.features.typescript) {
    throw usageError(
      `Node ${process.versions.node} does not load TypeScript by itself, and ${file} is TypeScript: take Node 22.18 or newer, set NODE_OPTIONS=--experimental-strip-types, or name the compiled file`,
    );
  }
  const exported = await importDefault(path, file);
  const runs = Array.isArray(exported) ? exported : [exported];
  if (runs.length > 0 && runs.every(isRun)) return runs;
  throw usageError(
    `${file} exports no contract run: write "export default defineSubject({ … })", or a list of them`,
  );
}

async function importDefault(path: string, file: string): Promise<unknown> {
  try {
    const { default: exported } = await import(pathToFileURL(path).href);
    return exported;
  } catch (error) {
    throw usageError(`${file} cannot be loaded: ${describeError(error)}`);
  }
}

function isRun(value: unknown): value is ContractRun {
  if (typeof value !== 'object' || value === null) return false;
  const { contract, name, subject }: Partial<ContractRun> = value;
  return typeof subject === 'function' && typeof name === 'string' && Array.isArray(contract?.groups);
}
