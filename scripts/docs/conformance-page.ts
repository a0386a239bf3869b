import { globSync } from 'node:fs';
import { join } from 'node:path';
import { contracts } from '../../contract-tests/src/command/contracts.ts';
import type { ContractReport, Outcome } from '../../contract-tests/src/engine/report.ts';
import { conformanceMatrix } from '../../contract-tests/src/matrix/conformance-matrix.ts';
import { markdownTable } from '../../contract-tests/src/matrix/markdown-table.ts';
import { readReports } from '../../contract-tests/src/matrix/read-reports.ts';
import { root } from '../command.ts';

/** Where `pnpm conformance` keeps the reports, a folder for each package. */
export const reportFolder = 'docs/conformance/reports';

/** The page, and the table of the README; each follows from the reports alone. */
export interface ConformanceDocs {
  readonly page: string;
  readonly table: string;
}

/** @throws `AIWORK_USAGE` when a report is about other rules than the contracts have now. */
export async function conformanceDocs(): Promise<ConformanceDocs> {
  const folders = globSync(`${reportFolder}/*`, { cwd: root }).map((folder) => join(root, folder));
  const reports = await readReports(
    folders,
    contracts.map(({ contract }) => contract),
  );
  return { page: `${head}\n${conformanceMatrix(reports)}\n`, table: summary(reports) };
}

/** A row for each contract of a package, whatever number of subjects it was checked on. */
function summary(reports: readonly ContractReport[]): string {
  const rows = Object.entries(
    Object.groupBy(reports, (report) => `${report.package?.name} ${report.contract.id}`),
  ).sort(([a], [b]) => (a < b ? -1 : 1));
  return markdownTable([
    ['package', 'contract', 'checked on', 'verdict', 'passed', 'skipped', 'failed'],
    ...rows.map(([, of = []]) => rowOf(of)),
  ]);
}

function rowOf(reports: readonly ContractReport[]): readonly string[] {
  const [first] = reports;
  const total = (outcome: Outcome) => String(reports.reduce((sum, { counts }) => sum + counts[outcome], 0));
  const services = reports.flatMap(({ service }) => (service ? [`${service.name} ${service.version}`] : []));
  const service = services.length > 0 ? `${[...new Set(services)].sort().join(', ')}: ` : '';
  return [
    first?.package?.name ?? '',
    `${first?.contract.id} ${first?.contract.version}`,
    `${service}${reports
      .map(({ subject }) => subject)
      .sort()
      .join('; ')}`,
    [...new Set(reports.map(({ verdict }) => verdict))].sort().join(', '),
    total('passed'),
    total('skipped'),
    total('failed'),
  ];
}

const head = `# Conformance

What each adapter of this repository does when its [contracts](../../contract-tests/README.md) are checked on the real
service, with faults on the wire, restarts and kills. \`pnpm conformance\` runs them all and writes this page from the
[reports](reports), in which every check has its outcome, its time and the seed that repeats it.

A skipped check is one that the adapter cannot have, by what it declares or by its nature: nothing can be cut between a
process and its own memory. Limits are as the subject of the check configured them.
`;

const begin = '<!-- conformance: written by `pnpm conformance` -->';
const end = '<!-- conformance: end -->';

/** A text with the table between its two marks. @throws when it has no place for it. */
export function withTable(text: string, table: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`there is no place for the table: ${begin} … ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}
