import { type Command, createCommand, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { pageSize } from './option-values.ts';

/** `aiwork queue` and what it has beneath it. Each command's code is loaded when it runs. */
export function queueCommand(program: Command, done: (code: ExitCode) => void): Command {
  const queue = createCommand('queue')
    .copyInheritedSettings(program)
    .summary('look at a queue, and put back what was given up')
    .description(
      'Look at a queue that the plugins of a flow file provide, and put back what its workers gave up.',
    )
    .addHelpText('after', exitCodeHelp);
  const command = (name: string) =>
    queue
      .command(name)
      .argument('<file>', 'the flow file whose plugins say where the queue is')
      .addOption(new Option('-q, --queue <name>', 'its name, as units name it').makeOptionMandatory())
      .option('-g, --group <name>', 'the workers it is about', 'aiwork');

  command('show')
    .summary('count what is waiting, in flight and given up')
    .description('Count the jobs of a queue that are waiting, in flight and given up.')
    .option('--json', 'the numbers, as a line of JSON')
    .action(async (file, options) => {
      const { show } = await import('./commands/queue-show.ts');
      done(await show(file, options));
    });

  command('dead-letters')
    .summary('list what was given up')
    .description('List the jobs that were given up, in the order in which they were.')
    .option('-n, --limit <n>', 'how many at most, 1 to 1000', pageSize, 20)
    .option('--letter <id>', 'show this one in full')
    .option('--json', 'one line of JSON for each')
    .action(async (file, options) => {
      const { deadLetters } = await import('./commands/queue-dead-letters.ts');
      done(await deadLetters(file, options));
    });

  command('redrive')
    .summary('put back what was given up')
    .description('Put jobs that were given up back into the queue, as if they had never been handed out.')
    .argument('[ids...]', 'the ids that dead-letters lists')
    .option('--all', 'all that are there now')
    .option('--json', 'how many, as a line of JSON')
    .action(async (file, ids, options) => {
      const { redrive } = await import('./commands/queue-redrive.ts');
      done(await redrive(file, ids, options));
    });

  return queue;
}
