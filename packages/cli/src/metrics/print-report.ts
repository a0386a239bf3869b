import { elapsed } from '../terminal/elapsed.ts';
import { factLines } from '../terminal/fact-lines.ts';
import { oneLine } from '../terminal/one-line.ts';
import type { Paint } from '../terminal/style.ts';
import { table } from '../terminal/table.ts';
import type { Row, RunReport } from './run-report.ts';
import type { Tallied } from './tally.ts';

const titles = { hour: 'BEGAN', day: 'BEGAN', unit: 'UNIT', step: 'STEP', tag: 'TAG' } as const;

/** A report for people. */
export function printReport(report: RunReport, paint: Paint): string {
  const { total, began, unfinished, by, groups, slowestSteps, tools } = report;
  const ended = `${count(total.succeeded)} succeeded, ${count(total.failed)} failed${share(total)}, ${count(total.cancelled)} cancelled, ${count(unfinished)} unfinished`;
  const [p50, p95, p99] = percentiles(total);
  const facts = [
    ['runs', `${count(began)}: ${ended}`],
    ['took', `p50 ${p50}, p95 ${p95}, p99 ${p99}`],
    ['retries', count(total.retries)],
    ['tokens', `${count(total.inputTokens)} in, ${count(total.outputTokens)} out`],
    ['cost', dollars(total.cost)],
    ...Object.entries(tools).map(
      ([tool, { calls, failures: failed }]) =>
        [`tool ${oneLine(tool)}`, `${count(calls)} calls, ${count(failed)} failed`] as const,
    ),
  ] as const;
  const parts = [factLines(facts, paint).join('\n')];
  if (groups.length > 0) parts.push(tableOf(titles[by], groups, by === 'step' ? [] : usage));
  if (by !== 'step' && slowestSteps.length > 0) parts.push(tableOf('SLOWEST STEPS', slowestSteps, []));
  return `${parts.join('\n\n')}\n`;
}

interface Column {
  readonly head: string;
  of(row: Row): string;
}

const usage: readonly Column[] = [
  { head: 'TOKENS', of: ({ inputTokens, outputTokens }) => count(inputTokens + outputTokens) },
  { head: 'COST', of: ({ cost }) => dollars(cost) },
];

function tableOf(title: string, rows: readonly Row[], more: readonly Column[]): string {
  const head = [
    title,
    'ENDED',
    'FAILED',
    'P50',
    'P95',
    'P99',
    'RETRIES',
    ...more.map((column) => column.head),
  ];
  return table(
    head,
    rows.map((row) => [
      oneLine(row.key),
      count(row.succeeded + row.failed + row.cancelled),
      count(row.failed) + share(row),
      ...percentiles(row),
      count(row.retries),
      ...more.map((column) => column.of(row)),
    ]),
  );
}

function percentiles({ durations }: Tallied): readonly [string, string, string] {
  if (!durations) return ['-', '-', '-'];
  return [elapsed(durations.p50Ms), elapsed(durations.p95Ms), elapsed(durations.p99Ms)];
}

const share = ({ failed, failureRate }: Tallied) =>
  failed === 0 ? '' : ` (${(100 * failureRate).toFixed(1)} %)`;

const count = (n: number) => n.toLocaleString('en');

const dollars = (cost: number) => (cost === 0 ? '-' : `$${cost.toFixed(cost < 1 ? 4 : 2)}`);
