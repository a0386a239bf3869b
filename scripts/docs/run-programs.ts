import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { command, root } from '../command.ts';
import { withoutTypes } from './check-types.ts';
import type { Program } from './programs.ts';

/** What a program did. */
export interface Outcome {
  readonly printed: string;
  readonly error?: string;
}

/** Runs programs in one process of their own, where packages resolve as they do in the root. */
export async function runPrograms(programs: readonly Program[]): Promise<readonly Outcome[]> {
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'docs-'));
  try {
    const paths = programs.map(({ code }, i) => {
      const path = join(folder, `${i}.mjs`);
      writeFileSync(path, withoutTypes(code));
      return path;
    });
    const runner = join(import.meta.dirname, 'run-modules.ts');
    const args = ['--no-warnings', '--conditions=@aiwork/source', runner, ...paths];
    const { ok, output } = await command(process.execPath, args, { timeoutMs: 120_000 });
    if (!ok) throw new Error(`the programs did not come to their end:\n${output}`);
    return JSON.parse(output) as Outcome[];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
