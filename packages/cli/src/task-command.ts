import { type Command, createCommand, Option } from 'commander';
import type { ExitCode } from './exit-code.ts';
import { stateOption, wholeNumber } from './option-values.ts';

const help = `
The request is one JSON object on standard input:
  { "runId": "…", "attempt": 1, "input": …, "needs": { "STEP": { "status": "succeeded", "output": … } } }
and the answer one line of JSON on standard output, which can be passed on as a need:
  { "status": "succeeded", "output": … }  { "status": "skipped" }  { "status": "failed", "error": … }
All else, what code prints included, goes to standard error.

Exit codes:
  0    the step succeeded, or was skipped
  1    it failed, and another attempt may help
  2    the command line or the request was wrong
  3    it failed for good, or cannot be done because one it needs was cancelled
  130  stopped by Ctrl-C (143: by SIGTERM)
`;

/** `aiwork task` and what it has beneath it, for those who lead runs from outside. Its code is loaded when it runs. */
export function taskCommand(program: Command, done: (code: ExitCode) => void): Command {
  const task = createCommand('task')
    .copyInheritedSettings(program)
    .summary('make one attempt of a step, for a scheduler of another system')
    .description('What the tasks of another system start, such as those of a DAG that aiwork export made.');

  task
    .command('run')
    .summary('make one attempt of a step')
    .description(
      'Make one attempt of one step of the flow that FILE exports, given how the steps it needs ended.',
    )
    .argument('<file>', 'the module that exports the flow')
    .option('-f, --flow <id>', 'which of several flows')
    .option('--step <id>', 'the step; behind those that call the sub-flows it is in, as in review/summarise')
    .addOption(
      new Option('--part <part>', 'what of it; failure and cancel are the tasks that the flow itself names')
        .choices(['run', 'when', 'input', 'over', 'item', 'failure', 'cancel'])
        .default('run'),
    )
    .addOption(
      stateOption('keep attempts in this SQLite file, so that later ones know what earlier ones did'),
    )
    .option('--out-dir <dir>', 'a folder that all tasks see, for outputs too large to be passed on')
    .option('--inline-bytes <n>', 'what is too large, with --out-dir', wholeNumber, 32_768)
    .addHelpText('after', help)
    .action(async (file, options) => {
      const { taskRun } = await import('./commands/task-run.ts');
      done(await taskRun(file, options));
    });

  return task;
}
