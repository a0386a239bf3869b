import { checksOf } from '../../engine/contract.ts';
import { profileOf } from '../../engine/selection.ts';
import type { CommandDefinition } from '../command-definition.ts';
import { contracts } from '../contracts.ts';
import { parseArguments } from '../parse-arguments.ts';
import { printLine } from '../terminal.ts';
import { noSuch, usageError } from '../usage-error.ts';

/** Says what a check is about. */
export const explain: CommandDefinition = {
  name: 'explain',
  usage: 'CHECK...',
  summary: 'says what a check is about, what it needs, and which mistakes it is known to find',
  details: 'The rule stands in the documentation of the adapter, under the name in brackets.',

  async run(args, { stdout }) {
    const { positionals } = parseArguments(args, {});
    if (positionals.length === 0) throw usageError('name a check: aiwork-contract list shows them all');
    printLine(stdout, positionals.map(explanationOf).join('\n\n'));
    return 0;
  },
};

function explanationOf(asked: string): string {
  for (const { contract, saboteurs } of contracts) {
    const check = checksOf(contract).find(({ id }) => id === asked);
    if (!check) continue;
    const { id, rule, anchor, why, needs = [] } = check;
    const kills = saboteurs.filter(({ caughtBy }) => caughtBy.some((kill) => kill.check === id));
    return [
      id,
      `  contract  ${contract.id} ${contract.version}, profile ${profileOf(check)}`,
      `  rule      ${rule} (${anchor})`,
      `  why       ${why}`,
      ...(needs.length > 0 ? [`  needs     ${needs.join(', ')}`] : []),
      ...kills.map((saboteur) => `  kills     ${saboteur.id}: ${saboteur.breaks}`),
      `  run       aiwork-contract check FILE --only ${id}`,
      `  replay    aiwork-contract replay FILE ${id} SEED`,
    ].join('\n');
  }
  throw noSuch(
    'check',
    asked,
    contracts.flatMap(({ contract }) => checksOf(contract).map(({ id }) => id)),
  );
}
