import { checksOf } from '../../engine/contract.ts';
import { checkRuns } from '../check-runs.ts';
import type { CommandDefinition } from '../command-definition.ts';
import { loadRuns } from '../load-runs.ts';
import { parseArguments, wholeNumber } from '../parse-arguments.ts';
import { silent } from '../progress.ts';
import { printLine } from '../terminal.ts';
import { noSuch, usageError } from '../usage-error.ts';

/** Runs one check again, as the message of a failure says. */
export const replay: CommandDefinition = {
  name: 'replay',
  usage: 'FILE CHECK SEED [options]',
  summary: 'runs one check again with the seed it failed with',
  details: `Runs it on every subject of FILE that has the contract, alone, and prints what it kept as evidence. The
message of a failure ends with this command. Exit codes are those of check.

  --deadline MS   how many milliseconds the check may take; default: what the subject says, else 30000`,

  async run(args, terminal) {
    const { values, positionals } = parseArguments(args, { deadline: { type: 'string' } });
    const [file, name, typedSeed, ...more] = positionals;
    if (file === undefined || name === undefined || typedSeed === undefined || more.length > 0) {
      throw usageError('name the file, one check and the seed, as the message of the failure does');
    }
    const seed = wholeNumber('the seed', typedSeed, 0);
    const loaded = await loadRuns([file]);
    const runs = loaded
      .filter(({ run }) => checksOf(run.contract).some(({ id }) => id === name))
      .map((one) => ({ ...one, selection: { checks: [name] } }));
    if (runs.length === 0) {
      throw noSuch(
        `check in ${file}`,
        name,
        loaded.flatMap(({ run }) => checksOf(run.contract).map(({ id }) => id)),
      );
    }
    return checkRuns(
      {
        runs,
        options: {
          seed,
          ...(values.deadline !== undefined && { deadlineMs: wholeNumber('--deadline', values.deadline, 1) }),
        },
        progress: silent,
        onReport({ checks }) {
          for (const { evidence = {} } of checks) {
            for (const [what, value] of Object.entries(evidence)) {
              printLine(terminal.stdout, `evidence ${what}: ${JSON.stringify(value)}`);
            }
          }
        },
      },
      terminal,
    );
  },
};
