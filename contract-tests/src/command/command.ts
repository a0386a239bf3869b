import { AiworkError } from '@aiwork/core';
import { readKit } from '../engine/package-facts.ts';
import type { CommandDefinition } from './command-definition.ts';
import { check } from './commands/check.ts';
import { explain } from './commands/explain.ts';
import { list } from './commands/list.ts';
import { matrix } from './commands/matrix.ts';
import { replay } from './commands/replay.ts';
import { sabotage } from './commands/sabotage.ts';
import { describeError } from './describe-error.ts';
import { brokenExitCode } from './exit-codes.ts';
import { Interruption, printLine, type Terminal } from './terminal.ts';
import { noSuch } from './usage-error.ts';

const commands: readonly CommandDefinition[] = [check, replay, list, explain, matrix, sabotage];

/** Runs one command line and gives its exit code. Never rejects. */
export async function command(args: readonly string[], terminal: Terminal): Promise<number> {
  const [name, ...rest] = args;
  const definition = commands.find((candidate) => candidate.name === name);
  try {
    if (definition && !asksForHelp(rest)) return await definition.run(rest, terminal);
    return await help(definition, args, terminal);
  } catch (error) {
    if (terminal.signal.aborted && terminal.signal.reason instanceof Interruption) {
      printLine(terminal.stderr, terminal.signal.reason.message);
      return terminal.signal.reason.exitCode;
    }
    if (AiworkError.isInstance(error) && error.code === 'AIWORK_USAGE') {
      const more = `aiwork-contract ${definition ? `${definition.name} ` : ''}--help`;
      printLine(terminal.stderr, `aiwork-contract: ${error.message}\n${more} tells more`);
    } else {
      printLine(terminal.stderr, `aiwork-contract: ${describeError(error)}`);
    }
    return brokenExitCode;
  }
}

async function help(
  definition: CommandDefinition | undefined,
  args: readonly string[],
  { stdout, stderr }: Terminal,
): Promise<number> {
  if (definition) {
    const { name, usage, summary, details } = definition;
    printLine(stdout, `aiwork-contract ${name} ${usage}\n  ${summary}\n\n${details}`);
    return 0;
  }
  const [first] = args;
  if (first === '--version') {
    printLine(stdout, (await readKit()).version);
    return 0;
  }
  if (first === undefined || asksForHelp([first])) {
    printLine(first === undefined ? stderr : stdout, usageOfAll());
    return first === undefined ? brokenExitCode : 0;
  }
  const names = commands.map(({ name }) => name);
  throw noSuch(first.startsWith('-') ? 'option' : 'command', first, [...names, '--help', '--version']);
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  return args.slice(0, end === -1 ? undefined : end).some((arg) => arg === '--help' || arg === '-h');
}

function usageOfAll(): string {
  return [
    'Checks adapters of @aiwork against the contracts of their interfaces.',
    '',
    ...commands.map(({ name, usage, summary }) => `aiwork-contract ${name} ${usage}\n  ${summary}`),
    '',
    'aiwork-contract COMMAND --help tells more about a command.',
  ].join('\n');
}
