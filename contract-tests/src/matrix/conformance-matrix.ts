import { type ContractReport, verdictInWords } from '../engine/report.ts';
import { markdownTable } from './markdown-table.ts';

/**
 * What reports say, in Markdown: a table of subjects and contracts, and for each contract one of what its adapters
 * declare. The same reports give the same text, in whichever order they come.
 */
export function conformanceMatrix(reports: readonly ContractReport[]): string {
  const contracts = sorted(new Set(reports.map(({ contract }) => contract.id)));
  const subjects = sorted(new Set(reports.map((report) => JSON.stringify(subjectOf(report)))));
  const rows = subjects.map((subject) => {
    const own = reports.filter((report) => JSON.stringify(subjectOf(report)) === subject);
    const cells = contracts.map((id) => own.filter(({ contract }) => contract.id === id).map(verdictOf));
    return [...(own[0] ? subjectOf(own[0]) : []), ...cells.map((verdicts) => verdicts.join(', '))];
  });
  return [
    markdownTable([[...subjectHead, ...contracts], ...rows]),
    ...contracts.map((id) => declared(reports.filter(({ contract }) => contract.id === id))),
  ].join('\n\n');
}

const subjectHead = ['package', 'subject', 'service'];

function subjectOf({ package: checked, subject, service }: ContractReport): readonly string[] {
  return [
    checked ? `${checked.name} ${checked.version}` : '',
    subject,
    service ? `${service.name} ${service.version}` : '',
  ];
}

function verdictOf(report: ContractReport): string {
  const { counts, checks, leftOut } = report;
  const rest = [
    [counts.failed, 'failed'],
    [counts['known-failure'], 'known to fail'],
    [counts.skipped, 'skipped'],
    [counts.blocked, 'blocked'],
    [leftOut, 'left out'],
  ] as const;
  const told = rest.flatMap(([count, what]) => (count > 0 ? [`, ${count} ${what}`] : []));
  return `${verdictInWords(report)}: ${counts.passed} of ${checks.length + leftOut} passed${told.join('')}`;
}

/** What the adapters of one contract declare; durability first, which most look for. */
function declared(reports: readonly ContractReport[]): string {
  const names = sorted(new Set(reports.flatMap((report) => Object.keys(capabilitiesOf(report)))));
  const columns = [
    ...names.filter((name) => name === 'durability'),
    ...names.filter((name) => name !== 'durability'),
  ];
  const rows = reports.map((report) => {
    const [checked = '', subject = ''] = subjectOf(report);
    return [checked, subject, ...columns.map((name) => shown(capabilitiesOf(report)[name]))];
  });
  rows.sort((one, other) => order(JSON.stringify(one), JSON.stringify(other)));
  const title = `What adapters of \`${reports[0]?.contract.id}\` ${reports[0]?.contract.version} declare:`;
  return `${title}\n\n${markdownTable([[...subjectHead.slice(0, -1), ...columns], ...rows])}`;
}

function capabilitiesOf({ capabilities }: ContractReport): Readonly<Record<string, unknown>> {
  return { ...(typeof capabilities === 'object' ? capabilities : undefined) };
}

function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(shown).join(' ');
  if (typeof value !== 'object') return String(value);
  return Object.entries(value)
    .map(([name, item]) => `${name} ${shown(item)}`)
    .join(', ');
}

/** By code units: the same on every machine. */
function order(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

function sorted(texts: Iterable<string>): readonly string[] {
  return [...texts].sort(order);
}
