import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { command } from './command.ts';
import type { Gate, Tally } from './gate.ts';

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

/** Every test of every package; its own verdict also fails on an unhandled error or too little coverage. */
export const testGate: Gate = {
  name: 'tests, with coverage of @aiwork/core',
  run: async () => {
    const folder = await mkdtemp(join(tmpdir(), 'aiwork-vitest-'));
    try {
      const report = join(folder, 'report.json');
      const { ok } = await command(
        'vitest',
        ['run', '--coverage', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`],
        { output: 'show' },
      );
      return { status: ok ? 'passed' : 'failed', tests: await readTally(report) };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function readTally(file: string): Promise<Tally | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  const report = JSON.parse(text) as VitestReport;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
