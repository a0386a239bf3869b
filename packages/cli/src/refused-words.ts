import type { Command, CommanderError } from 'commander';
import { UsageError } from './usage-error.ts';

/** What the parser of the command line refused, as an error like any other. */
export function refusedWords(
  { message }: CommanderError,
  program: Command,
  argv: readonly string[],
): UsageError {
  const [said = '', meant] = message.replace(/^error: /, '').split('\n');
  const suggestion = /^\((.+)\)$/.exec(meant ?? '')?.[1];
  return new UsageError(suggestion === undefined ? said : `${said}. ${suggestion}`, {
    hint: `${commandOf(program, argv.slice(2)).join(' ')} --help says what there is`,
  });
}

/** The command that the words name, as far as they name one. */
function commandOf(command: Command, [word, ...others]: readonly string[]): readonly string[] {
  const inner = command.commands.find((one) => one.name() === word);
  return [command.name(), ...(inner ? commandOf(inner, others) : [])];
}
