import { type Command, createCommand, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { dimensions } from './metrics/dimensions.ts';
import { duration, stateOption } from './option-values.ts';

/** `aiwork metrics`. Its code is loaded when it runs. */
export function metricsCommand(program: Command, done: (code: ExitCode) => void): Command {
  return createCommand('metrics')
    .copyInheritedSettings(program)
    .summary('measure kept runs')
    .description(
      'Measure runs that are kept, by their journals: how many failed, how long they took, what was tried again, and what models used. Percentiles are less than 1 % too long.',
    )
    .addOption(stateOption('the SQLite file runs are kept in'))
    .option('--file <file>', 'a flow file whose plugins say where runs are kept, instead of --state')
    .addOption(
      new Option('--since <time>', 'runs that began from then on: how long ago (24h), or a date')
        .argParser(timeOf)
        .default(Date.now() - dayMs, '24h'),
    )
    .addOption(new Option('--until <time>', 'and before then').argParser(timeOf).default(Date.now(), 'now'))
    .option('-u, --unit <id>', 'only runs of this flow, task, tool or agent')
    .option('-t, --tag <tag>', 'only runs with this tag')
    .addOption(new Option('--by <what>', 'what is told apart').choices(dimensions).default('unit'))
    .option('--json', 'the report as a line of JSON')
    .addHelpText('after', exitCodeHelp)
    .action(async (options) => {
      const { metrics } = await import('./commands/metrics.ts');
      done(await metrics(options));
    });
}

const dayMs = 86_400_000;

/** Milliseconds since the Unix epoch. */
function timeOf(given: string): number {
  if (/^[\d.]+(ms|s|m|h|d)$/.test(given)) return Date.now() - duration(given);
  // Date.parse takes "7" for July of 2001.
  const at = /^\d{4}-\d\d/.test(given) ? Date.parse(given) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new InvalidArgumentError(
    'Give how long ago it was, such as 90m, 24h or 7d, or a date such as 2027-01-31T12:00Z.',
  );
}
