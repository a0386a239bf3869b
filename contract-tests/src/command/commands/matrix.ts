import { conformanceMatrix } from '../../matrix/conformance-matrix.ts';
import { readReports } from '../../matrix/read-reports.ts';
import type { CommandDefinition } from '../command-definition.ts';
import { contracts } from '../contracts.ts';
import { parseArguments } from '../parse-arguments.ts';
import { printLine } from '../terminal.ts';
import { usageError } from '../usage-error.ts';

/** Makes one table of many reports. */
export const matrix: CommandDefinition = {
  name: 'matrix',
  usage: 'REPORT...',
  summary: 'prints a Markdown table of what reports say',
  details: `Of files that check --report wrote, or folders of them. All of them have to be about the contracts as they
are in this version of the kit.`,

  async run(args, { stdout }) {
    const { positionals } = parseArguments(args, {});
    if (positionals.length === 0) throw usageError('name the reports, or a folder of them');
    const reports = await readReports(
      positionals,
      contracts.map(({ contract }) => contract),
    );
    printLine(stdout, conformanceMatrix(reports));
    return 0;
  },
};
