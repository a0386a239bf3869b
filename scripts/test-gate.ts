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

/** Images of services may have to be built first. */
const timeoutMs = 32 * 60_000;

/** Every test of every package; a gate also fails on an unhandled error, and on too little coverage of core. */
export const testGates: readonly Gate[] = [
  testGate('tests of @aiwork/core, and how much of it they cover', ['--project=core', '--coverage']),
  // Most of them wait for services: a second worker has that time.
  testGate('tests of everything else', ['--project=!core', '--maxWorkers=2']),
];

function testGate(name: string, options: readonly string[]): Gate {
  return {
    name,
    run: async () => {
      const folder = await mkdtemp(join(tmpdir(), 'aiwork-vitest-'));
      const report = join(folder, 'report.json');
      const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
      try {
        const { ok } = await command('vitest', ['run', ...options, ...reporters], {
          output: 'show',
          timeoutMs,
        });
        return { status: ok ? 'passed' : 'failed', tests: await readTally(report) };
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

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
