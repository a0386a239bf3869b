import { type Command, createCommand, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { pageSize, serverOption, stateOption, tokenOption } from './option-values.ts';

/** `aiwork runs` and what it has beneath it. Its code is loaded when it runs. */
export function runsCommand(program: Command, done: (code: ExitCode) => void): Command {
  const runs = createCommand('runs')
    .copyInheritedSettings(program)
    .summary('look at, go on with, stop and answer kept runs')
    .description('Look at, go on with, stop and answer runs that are kept in a state file, or by a server.')
    .addHelpText('after', exitCodeHelp);
  /** With the flags that say where runs are kept, as all of them have. */
  const command = (name: string) =>
    runs
      .command(name)
      .addOption(stateOption('the SQLite file runs are kept in'))
      .addOption(serverOption())
      .addOption(tokenOption());
  const fileOption = () =>
    new Option('--file <file>', 'a flow file whose plugins say where runs are kept, instead of --state');

  command('list')
    .summary('list runs')
    .description('List runs, newest first.')
    .addOption(fileOption())
    .option('-f, --flow <id>', 'only runs of this flow')
    .addOption(
      new Option('--status <status>', 'only runs with this status').choices([
        'queued',
        'running',
        'waiting',
        'succeeded',
        'failed',
        'cancelled',
      ]),
    )
    .option('-t, --tag <tag>', 'only runs with this tag')
    .option('-n, --limit <n>', 'how many at most, 1 to 1000', pageSize, 20)
    .option('--json', 'one line of JSON for each')
    .action(async (options) => {
      const { list } = await import('./commands/runs-list.ts');
      done(await list(options));
    });

  command('show')
    .summary('show a run')
    .description('Show a run: its steps, input and result.')
    .argument('<run>', 'its id')
    .addOption(fileOption())
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'the record and all events, as one line of JSON')
    .action(async (run, options) => {
      const { show } = await import('./commands/runs-show.ts');
      done(await show(run, options));
    });

  command('resume')
    .summary('go on with a run')
    .description('Go on with a run that was left unfinished. Steps that are done are not run again.')
    .argument('<run>', 'its id')
    .argument('[file]', 'the module that exports its flow; none with --server')
    .option('--no-wait', 'when only a signal can move the run, leave it to be resumed')
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'print each event, then the result, as a line of JSON')
    .action(async (run, file, _, self: Command) => {
      const { resume } = await import('./commands/runs-resume.ts');
      done(await resume(run, file, self.optsWithGlobals()));
    });

  command('rerun')
    .summary('run again, as a new run')
    .description('Run what a run ran once more with the same input, as a new run.')
    .argument('<run>', 'its id')
    .argument('[file]', 'the module that exports its flow; none with --server')
    .option('--from <step>', 'keep the results of steps that do not depend on this one')
    .option('--run-id <id>', 'the id of the new run (default: made up)')
    .option('--no-wait', 'when only a signal can move the run, leave it to be resumed')
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'print each event, then the result, as a line of JSON')
    .action(async (run, file, _, self: Command) => {
      const { rerun } = await import('./commands/runs-rerun.ts');
      done(await rerun(run, file, self.optsWithGlobals()));
    });

  command('cancel')
    .summary('stop a run')
    .description('Ask a run to stop, whichever process works on it. Its steps are undone.')
    .argument('<run>', 'its id')
    .addOption(fileOption())
    .option('--reason <text>', 'kept with the run')
    .option('--json', "the run's record, as a line of JSON")
    .action(async (run, options) => {
      const { cancel } = await import('./commands/runs-cancel.ts');
      done(await cancel(run, options));
    });

  command('signal')
    .summary('answer a step that waits')
    .description('Deliver a payload to a step that waits for one.')
    .argument('<run>', 'the id of the run')
    .argument('<step>', 'the id of the step')
    .argument('<payload>', 'JSON, @FILE, or - for standard input')
    .addOption(fileOption())
    .option('--idempotency-key <key>', 'a second signal with the same key changes nothing')
    .option('--json', 'what happened, as a line of JSON')
    .action(async (run, step, payload, options) => {
      const { signal } = await import('./commands/runs-signal.ts');
      done(await signal(run, step, payload, options));
    });

  return runs;
}
