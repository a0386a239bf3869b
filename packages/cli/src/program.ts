import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, CommanderError, createCommand, Option } from 'commander';
import { type ExitCode, exitCode, exitCodeHelp } from './exit-code.ts';
import { exportCommand } from './export-command.ts';
import { mcpCommand } from './mcp-command.ts';
import { metricsCommand } from './metrics-command.ts';
import { collect, pageSize, stateOption, wholeNumber } from './option-values.ts';
import { queueCommand } from './queue-command.ts';
import { keysCommand, serveCommand } from './serve-command.ts';
import { taskCommand } from './task-command.ts';
import { divertStdout, flushOutput, tolerateClosedPipes, writeOut } from './terminal/standard-output.ts';

interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Runs the command line `argv`, and ends the process with the exit code it comes to. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  tolerateClosedPipes();
  divertStdout();
  let code: ExitCode = exitCode.ok;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    code = await codeOf(error, program, argv);
  }
  await flushOutput();
  // Timers and sockets that flow code left behind must not keep the terminal.
  process.exit(code);
}

async function codeOf(error: unknown, program: Command, argv: readonly string[]): Promise<ExitCode> {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCode.ok : exitCode.usage;
  const { reportError } = await import('./report-error.ts');
  return reportError(error, {
    verbose: program.opts<CommonOptions>().verbose === true,
    // The flag belongs to a command, and an error does not say to which.
    json: argv.includes('--json'),
  });
}

/** The commands, their flags and help. Each command's code is loaded when it runs. */
function createProgram(done: (code: ExitCode) => void): Command {
  const program = createCommand('aiwork')
    .description('Run, watch, resume and draw agent workflows.')
    .version(version(), '-V, --version', 'print the version')
    .option('--verbose', 'show the stacks of errors')
    .helpOption('-h, --help', 'explain a command')
    .addHelpText('after', exitCodeHelp)
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ writeOut })
    .exitOverride();

  program
    .command('run')
    .summary('run a flow')
    .description(
      'Run the flow, task or agent that FILE (.ts, .mts, .js or .mjs) exports, and print its result.',
    )
    .argument('<file>', 'the module that exports it')
    .option('-i, --input <json>', 'the input: JSON, @FILE, or - for standard input (default: {})')
    .option('-f, --flow <id>', 'which of several exports to run')
    .addOption(stateOption('keep the run in this SQLite file (default: in memory only)'))
    .option('--run-id <id>', 'the id of the new run (default: made up)')
    .option('-t, --tag <tag>', 'for finding the run again; may be given several times', collect)
    .option('--no-wait', 'when only a signal can move the run, leave it to be resumed')
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'print each event, then the result, as a line of JSON')
    .addHelpText(
      'after',
      `${exitCodeHelp}
FILE may export plugins and other options for the orchestrator beside its flows:
  export const aiwork = { plugins: [ … ] };

Ctrl-C cancels the run: its steps are stopped and undone. A second Ctrl-C quits at once.`,
    )
    .action(async (file, _, command: Command) => {
      const { run } = await import('./commands/run.ts');
      done(await run(file, command.optsWithGlobals()));
    });

  program.addCommand(runsCommand(program, done));
  program.addCommand(metricsCommand(program, done));
  program.addCommand(taskCommand(program, done));

  program
    .command('worker')
    .summary('work on runs of any process')
    .description(
      'Work on the runs of what FILE exports that nobody works on: those of killed processes, those whose time has come, those on schedule, and with --queue those that others send to a queue.',
    )
    .argument(
      '<file>',
      'the module that exports the units, and the plugins that say where runs and queues are',
    )
    .addOption(stateOption('the SQLite file runs are kept in'))
    .option('-q, --queue <name>', 'take work from this queue; may be given several times', collect)
    .option(
      '-g, --group <name>',
      'share the work of a queue with the workers of this group (default: aiwork)',
    )
    .option('-c, --concurrency <n>', 'how many runs at once (default: 16)', wholeNumber)
    .option('--name <name>', 'what journals call this worker (default: machine and process id)')
    .option('--json', 'print each event as a line of JSON')
    .addHelpText(
      'after',
      `${exitCodeHelp}
Ctrl-C or SIGTERM takes no more work and finishes what its queues brought; other runs are left where they are, and go on
with the next worker. A second one quits at once.`,
    )
    .action(async (file, _, command: Command) => {
      const { worker } = await import('./commands/worker.ts');
      done(await worker(file, command.optsWithGlobals()));
    });

  program.addCommand(serveCommand(program, done));
  program.addCommand(keysCommand(program, done));
  program.addCommand(mcpCommand(program, done));
  program.addCommand(queueCommand(program, done));

  program
    .command('graph')
    .summary('draw a flow')
    .description('Draw the flow that FILE exports as Mermaid, SVG, JSON or TypeScript.')
    .argument('<file>', 'the module that exports the flow')
    .option('-f, --flow <id>', 'which of several flows to draw')
    .addOption(
      new Option('--format <format>', "default: what --out's name says, else mermaid").choices([
        'mermaid',
        'svg',
        'json',
        'ts',
      ]),
    )
    .option('-o, --out <file>', 'write it to a file instead of standard output')
    .action(async (file, options) => {
      const { graph } = await import('./commands/graph.ts');
      done(await graph(file, options));
    });

  program.addCommand(exportCommand(program, done));

  program
    .command('init')
    .summary('start a project')
    .description(
      'Write a small project with a flow that runs. Files that are there already are never overwritten.',
    )
    .argument('[dir]', 'where', '.')
    .action(async (dir) => {
      const { init } = await import('./commands/init.ts');
      done(await init(dir, version()));
    });

  return program;
}

function runsCommand(program: Command, done: (code: ExitCode) => void): Command {
  const runs = createCommand('runs')
    .copyInheritedSettings(program)
    .summary('look at, go on with, stop and answer kept runs')
    .description('Look at, go on with, stop and answer runs that are kept in a state file.')
    .addHelpText('after', exitCodeHelp);
  const fileOption = () =>
    new Option('--file <file>', 'a flow file whose plugins say where runs are kept, instead of --state');
  const state = () => stateOption('the SQLite file runs are kept in');

  runs
    .command('list')
    .summary('list runs')
    .description('List runs, newest first.')
    .addOption(state())
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

  runs
    .command('show')
    .summary('show a run')
    .description('Show a run: its steps, input and result.')
    .argument('<run>', 'its id')
    .addOption(state())
    .addOption(fileOption())
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'the record and all events, as one line of JSON')
    .action(async (run, options) => {
      const { show } = await import('./commands/runs-show.ts');
      done(await show(run, options));
    });

  runs
    .command('resume')
    .summary('go on with a run')
    .description('Go on with a run that was left unfinished. Steps that are done are not run again.')
    .argument('<run>', 'its id')
    .argument('<file>', 'the module that exports its flow')
    .addOption(state())
    .option('--no-wait', 'when only a signal can move the run, leave it to be resumed')
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'print each event, then the result, as a line of JSON')
    .action(async (run, file, _, command: Command) => {
      const { resume } = await import('./commands/runs-resume.ts');
      done(await resume(run, file, command.optsWithGlobals()));
    });

  runs
    .command('rerun')
    .summary('run again, as a new run')
    .description('Run what a run ran once more with the same input, as a new run.')
    .argument('<run>', 'its id')
    .argument('<file>', 'the module that exports its flow')
    .addOption(state())
    .option('--from <step>', 'keep the results of steps that do not depend on this one')
    .option('--run-id <id>', 'the id of the new run (default: made up)')
    .option('--no-wait', 'when only a signal can move the run, leave it to be resumed')
    .option('--timeline <html>', 'write a page that shows the run step by step')
    .option('--json', 'print each event, then the result, as a line of JSON')
    .action(async (run, file, _, command: Command) => {
      const { rerun } = await import('./commands/runs-rerun.ts');
      done(await rerun(run, file, command.optsWithGlobals()));
    });

  runs
    .command('cancel')
    .summary('stop a run')
    .description('Ask a run to stop, whichever process works on it. Its steps are undone.')
    .argument('<run>', 'its id')
    .addOption(state())
    .addOption(fileOption())
    .option('--reason <text>', 'kept with the run')
    .option('--json', "the run's record, as a line of JSON")
    .action(async (run, options) => {
      const { cancel } = await import('./commands/runs-cancel.ts');
      done(await cancel(run, options));
    });

  runs
    .command('signal')
    .summary('answer a step that waits')
    .description('Deliver a payload to a step that waits for one.')
    .argument('<run>', 'the id of the run')
    .argument('<step>', 'the id of the step')
    .argument('<payload>', 'JSON, @FILE, or - for standard input')
    .addOption(state())
    .addOption(fileOption())
    .option('--idempotency-key <key>', 'a second signal with the same key changes nothing')
    .option('--json', 'what happened, as a line of JSON')
    .action(async (run, step, payload, options) => {
      const { signal } = await import('./commands/runs-signal.ts');
      done(await signal(run, step, payload, options));
    });

  return runs;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
