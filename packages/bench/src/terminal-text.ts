import Table from 'cli-table3';
import type { Report } from './report.ts';
import { circumstances, targetLines, workTables } from './report-table.ts';

/** What is printed of a report. */
export function terminalText(found: Report): string {
  const { name, notes, skipped } = found;
  const plain = { style: { head: [], border: [], compact: true } };
  const tables = workTables(found).map(({ work, head, lines }) => {
    const table = new Table({ head: [work, ...head.slice(1)], ...plain });
    table.push(...lines.map((line) => alignFigures(line)));
    return table.toString();
  });
  const targets = new Table({ head: ['target', 'measured', 'aim', ''], ...plain });
  targets.push(...targetLines(found));
  const lines = [
    `bench:${name} on ${circumstances(found).join('\n')}`,
    ...tables,
    ...(found.targets.length > 0 ? [targets.toString()] : []),
    ...skipped.map(({ subject, why }) => `Not measured: ${subject}: ${why}`),
    ...notes,
  ];
  return `${lines.join('\n')}\n`;
}

function alignFigures([subject = '', ...figures]: readonly string[]) {
  return [subject, ...figures.map((content) => ({ content, hAlign: 'right' as const }))];
}
