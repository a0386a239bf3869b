import type { Command } from 'commander';
import { didYouMean } from './suggest.ts';
import { UsageError } from './usage-error.ts';

/**
 * The command that `words` name, beneath `command`.
 *
 * @throws `AIWORK_USAGE`, with the command that was likely meant.
 */
export function namedCommand(command: Command, [word, ...others]: readonly string[]): Command {
  if (word === undefined) return command;
  const found = command.commands.find((one) => one.name() === word);
  if (found) return namedCommand(found, others);
  const names = command.commands.map((one) => one.name());
  throw new UsageError(`unknown command "${word}".${didYouMean(word, names)}`, {
    hint: `${pathOf(command)} --help says what there is`,
  });
}

function pathOf(command: Command): string {
  return command.parent ? `${pathOf(command.parent)} ${command.name()}` : command.name();
}
