import { checksOf } from '../../engine/contract.ts';
import { type KillMatrix, killMatrix } from '../../saboteurs/kill-matrix.ts';
import type { CommandDefinition } from '../command-definition.ts';
import { parseArguments, wholeNumber } from '../parse-arguments.ts';
import { createProgress, silent } from '../progress.ts';
import { provenContracts } from '../proven-contracts.ts';
import { printLine } from '../terminal.ts';

/** Shows that the contracts find what they are there to find. */
export const sabotage: CommandDefinition = {
  name: 'sabotage',
  usage: '[CONTRACT]... [options]',
  summary: 'runs contracts against adapters that are broken on purpose, to see each of them caught',
  details: `Of the contracts that are named; default: all.

  --seed N   what everything random follows from; default 1
  --quiet    tells nothing until there is a result

Exit code 0: everyone was caught, and every check catches somebody; 1: not so.`,

  async run(args, { stdout, stderr, signal }) {
    const { values, positionals } = parseArguments(args, {
      seed: { type: 'string' },
      quiet: { type: 'boolean' },
    });
    const seed = values.seed === undefined ? 1 : wholeNumber('--seed', values.seed, 0);
    const progress = values.quiet ? silent : createProgress(stderr);
    let wrong = 0;
    for (const { contract, saboteurs, reference } of provenContracts(positionals)) {
      progress.begin(contract.id, saboteurs.length);
      const result = await killMatrix(contract, saboteurs, reference, seed, {
        signal,
        onRow({ saboteur, missed, durationMs }) {
          progress.ended({ what: saboteur, how: missed.length > 0 ? 'escaped' : 'caught', durationMs });
        },
      });
      progress.end();
      for (const line of linesOf(result)) printLine(stdout, `${contract.id}  ${line}`);
      const { length: all } = result.rows;
      const caught = result.rows.filter(({ missed }) => missed.length === 0).length;
      const checks = checksOf(contract).length;
      printLine(stdout, `${contract.id}: ${caught} of ${all} saboteurs caught by ${checks} checks`);
      wrong += all - caught + result.idle.length;
    }
    return wrong > 0 ? 1 : 0;
  },
};

/** Who was caught by whom, who was not, and which checks catch nobody. */
function linesOf({ rows, idle }: KillMatrix): readonly string[] {
  return [
    ...rows.flatMap(({ saboteur, failed, missed }) =>
      missed.length === 0
        ? [`${saboteur}  caught by ${[...failed.keys()].join(', ')}`]
        : missed.map(({ check, message }) => {
            const said = failed.get(check);
            const instead = said === undefined ? 'did not fail' : `said:\n${said}`;
            return `${saboteur}  escaped: ${check} should have said "${message}" and ${instead}`;
          }),
    ),
    ...idle.map((id) => `${id}  catches nobody`),
  ];
}
