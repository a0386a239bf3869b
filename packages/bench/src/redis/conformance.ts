import { command, root } from '../../../../scripts/command.ts';
import { atMost, type Findings, type Row, type Skipped, type Target } from '../report.ts';

const work = 'conformance of @aiwork/redis, every contract, appendfsync always and everysec';
const subject = 'aiwork-contract check';
const timeoutMs = 300_000;

/** How long the whole of it takes, servers started and stopped included. */
export async function conformance(): Promise<Findings> {
  const parts = [
    { what: 'with faults, restarts and kills', args: [], limitS: 60 },
    { what: 'core profile', args: ['--profile', 'core'], limitS: 10 },
  ];
  const rows: Row[] = [];
  const targets: Target[] = [];
  const skipped: Skipped[] = [];
  for (const { what, args, limitS } of parts) {
    const start = performance.now();
    const { ok, output } = await command(
      process.execPath,
      [
        '--conditions=@aiwork/source',
        'contract-tests/src/command/main.ts',
        ...['check', 'plugins/redis/contract.ts', '--quiet', ...args],
      ],
      { cwd: root, timeoutMs },
    );
    const seconds = (performance.now() - start) / 1000;
    if (!ok) {
      skipped.push({ subject: `${work}, ${what}`, why: `it failed: ${output.trim().split('\n').at(-1)}` });
      continue;
    }
    rows.push({ work, subject, metric: what, value: seconds, unit: 's' });
    targets.push(atMost(work, what, seconds, limitS, 's'));
  }
  return { rows, targets, skipped };
}
