import type { Report } from '../report.ts';
import { circumstances, targetLines, workTables } from '../report-table.ts';

/** Replaces what stands between the markers of each benchmark in a page by its latest figures. */
export function withResults(page: string, reports: readonly Report[]): string {
  return reports.reduce((text, found) => {
    const begin = `<!-- figures of bench:${found.name} -->`;
    const end = `<!-- end of bench:${found.name} -->`;
    const from = text.indexOf(begin);
    const to = text.indexOf(end);
    if (from < 0 || to < from) throw new Error(`the page has no markers "${begin}" … "${end}"`);
    return `${text.slice(0, from)}${begin}\n\n${figures(found)}\n${text.slice(to)}`;
  }, page);
}

function figures(found: Report): string {
  const parts = [
    ...circumstances(found).map((line) => `${line}.`),
    table(['target', 'measured', 'aim', ''], targetLines(found)),
    ...workTables(found).map(({ work, head, lines }) => table([work, ...head.slice(1)], lines)),
    ...found.skipped.map(({ subject, why }) => `Not measured: ${subject}: ${why}.`),
    ...found.notes,
  ];
  return parts.map((part) => `${part}\n`).join('\n');
}

function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
  const row = (cells: readonly string[]) => `| ${cells.map(cell).join(' | ')} |`;
  const rule = `|${head.map((_, i) => (i === 0 ? '---' : '---:')).join('|')}|`;
  return [row(head), rule, ...lines.map(row)].join('\n');
}
