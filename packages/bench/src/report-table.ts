import type { Report, Row } from './report.ts';

/** The figures of one work: a line for each subject, a column for each metric. */
export interface WorkTable {
  readonly work: string;
  readonly head: readonly string[];
  readonly lines: readonly (readonly string[])[];
}

/** Three significant digits, or all of a large number's; of what is nearly 1, how far it is from that. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en');
  const rounded = Number(value.toPrecision(3));
  if (rounded !== 1 || value >= 1) return String(rounded);
  const missing = Number((1 - value).toPrecision(1));
  return String(Number((1 - missing).toFixed(8)));
}

export const measureText = (value: number, unit: string): string => `${figure(value)} ${unit}`.trim();

export function workTables({ rows }: Pick<Report, 'rows'>): WorkTable[] {
  return [...Map.groupBy(rows, ({ work }) => work)].map(([work, figures]) => {
    const metrics = [...new Set(figures.map(({ metric }) => metric))];
    const line = (subject: string, own: readonly Row[]) => [
      subject,
      ...metrics.map((metric) => {
        const row = own.find((each) => each.metric === metric);
        return row ? measureText(row.value, row.unit) : '';
      }),
    ];
    const subjects = [...Map.groupBy(figures, ({ subject }) => subject)];
    return { work, head: ['', ...metrics], lines: subjects.map(([subject, own]) => line(subject, own)) };
  });
}

/** One line for each target. */
export function targetLines({ targets }: Pick<Report, 'targets'>): string[][] {
  return targets.map(({ work, what, value, limit, bound, unit, reached }) => [
    `${work}: ${what}`,
    measureText(value, unit),
    `${bound ? '≥' : '≤'} ${measureText(limit, unit)}`,
    reached ? 'reached' : 'not reached',
  ]);
}

/** Where and with what it was measured. */
export function circumstances({ machine, versions }: Pick<Report, 'machine' | 'versions'>): string[] {
  const { cpu, cores, memoryBytes, os, node, date, loadBefore } = machine;
  return [
    `${cpu}, ${cores} cores, ${Math.round(memoryBytes / 2 ** 30)} GiB, ${os}, Node ${node}, ${date}, load average before: ${loadBefore}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  ];
}
