import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ContractReport } from '@aiwork/contract-tests';
import { command, root } from '../../../../scripts/command.ts';
import { atMost, type Findings, type Row, type Target } from '../report.ts';

const work = 'conformance of @aiwork/redis, every contract, appendfsync always and everysec';
const timeoutMs = 300_000;

const profiles = [
  { subject: 'with faults, restarts and kills', args: [], limitS: 60 },
  { subject: 'core profile', args: ['--profile', 'core'], limitS: 10 },
];

/** How long the whole of it takes, servers started and stopped included, and whether anything fails. */
export async function conformance(): Promise<Findings> {
  const rows: Row[] = [];
  const targets: Target[] = [];
  for (const { subject, args, limitS } of profiles) {
    const { seconds, passed, failed } = await check(args);
    rows.push(
      { work, subject, metric: 'time', value: seconds, unit: 's' },
      { work, subject, metric: 'checks passed', value: passed, unit: '' },
      { work, subject, metric: 'failed', value: failed, unit: '' },
    );
    targets.push(
      atMost(work, `${subject}, time`, seconds, limitS, 's'),
      atMost(work, `${subject}, failed checks`, failed, 0, ''),
    );
  }
  return { rows, targets };
}

async function check(args: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-conformance-'));
  try {
    const start = performance.now();
    const { output } = await command(
      process.execPath,
      [
        '--conditions=@aiwork/source',
        'contract-tests/src/command/main.ts',
        ...['check', 'plugins/redis/contract.ts', '--quiet', '--report', folder, ...args],
      ],
      { cwd: root, timeoutMs },
    );
    const seconds = (performance.now() - start) / 1000;
    const reports = await readReports(folder);
    if (reports.length === 0)
      throw new Error(`the contracts of @aiwork/redis could not be checked:\n${output}`);
    const sum = (outcome: 'passed' | 'failed') =>
      reports.reduce((count, { counts }) => count + counts[outcome], 0);
    return { seconds, passed: sum('passed'), failed: sum('failed') };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function readReports(folder: string): Promise<readonly ContractReport[]> {
  const files = await readdir(folder);
  return Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), 'utf8')) as ContractReport),
  );
}
