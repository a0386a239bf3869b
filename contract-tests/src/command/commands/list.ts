import { checksOf } from '../../engine/contract.ts';
import type { CommandDefinition } from '../command-definition.ts';
import { parseArguments } from '../parse-arguments.ts';
import { provenContracts } from '../proven-contracts.ts';
import { printLine } from '../terminal.ts';

/** Names what there is to check. */
export const list: CommandDefinition = {
  name: 'list',
  usage: '[CONTRACT]...',
  summary: 'names every check with its rule',
  details: 'Of the contracts that are named; default: all.',

  async run(args, { stdout }) {
    const { positionals } = parseArguments(args, {});
    for (const { contract } of provenContracts(positionals)) {
      for (const { id, rule } of checksOf(contract)) printLine(stdout, `${id}  ${rule}`);
    }
    return 0;
  },
};
