import { readFileSync } from 'node:fs';
import process from 'node:process';
import { type Command, CommanderError, createCommand, Option } from 'commander';
import { benchCommand } from './bench-command.ts';
import { type ExitCode, exitCode, exitCodeHelp } from './exit-code.ts';
import { exportCommand } from './export-command.ts';
import { guardrailsCommand } from './guardrails-command.ts';
import { addHelpCommands } from './help-command.ts';
import { mcpCommand } from './mcp-command.ts';
import { metricsCommand } from './metrics-command.ts';
import { modelCommand } from './model-command.ts';
import { openvinoCommand } from './openvino-command.ts';
import { collect, serverOption, stateOption, tokenOption, wholeNumber } from './option-values.ts';
import { queueCommand } from './queue-command.ts';
import { runsCommand } from './runs-command.ts';
import { keysCommand, serveCommand } from './serve-command.ts';
import { sessionsCommand } from './sessions-command.ts';
import { taskCommand } from './task-command.ts';
import { divertStdout, flushOutput, outliveOutput, writeOut } from './terminal/standard-output.ts';
import { thinkCommand } from './think-command.ts';
import { unlessStuck } from './unless-stuck.ts';

interface CommonOptions {
  readonly json?: boolean;
  readonly verbose?: boolean;
}

/** Runs the command line `argv`, and ends the process with the exit code it comes to. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  outliveOutput();
  divertStdout();
  let code: ExitCode = exitCode.ok;
  const program = createProgram((result) => {
    code = result;
  });
  try {
    await unlessStuck(program.parseAsync(argv));
  } catch (error) {
    code = await codeOf(error, program, argv);
  }
  try {
    await flushOutput();
  } catch (error) {
    process.stderr.write(`error: the output could not be written: ${(error as Error).message}\n`);
    if (code === exitCode.ok) code = exitCode.failed;
  }
  // Timers and sockets that flow code left behind must not keep the terminal.
  process.exit(code);
}

async function codeOf(error: unknown, program: Command, argv: readonly string[]): Promise<ExitCode> {
  let thrown = error;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return exitCode.ok;
    // It is shown already, where a command was missing.
    if (error.code === 'commander.help') return exitCode.usage;
    const { refusedWords } = await import('./refused-words.ts');
    thrown = refusedWords(error, program, argv);
  }
  const { reportError } = await import('./report-error.ts');
  return reportError(thrown, {
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
    .configureOutput({ writeOut, outputError() {} })
    .exitOverride();

  program
    .command('run')
    .summary('run a flow')
    .description(
      'Run the flow, task or agent that FILE (.ts, .mts, .js or .mjs) exports, or a server serves, and print its result.',
    )
    .argument('[file]', 'the module that exports it; none with --server')
    .option('-i, --input <json>', 'the input: JSON, @FILE, or - for standard input (default: {})')
    .option('-f, --flow <id>', 'which of several exports, or of what is served, to run')
    .addOption(stateOption('keep the run in this SQLite file (default: in memory only)'))
    .addOption(serverOption())
    .addOption(tokenOption())
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
  program.addCommand(guardrailsCommand(program, done));
  program.addCommand(taskCommand(program, done));
  program.addCommand(thinkCommand(program, done));
  program.addCommand(sessionsCommand(program, done));

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
    .option(
      '--telemetry',
      'send traces, metrics and logs where OTEL_EXPORTER_OTLP_ENDPOINT says (needs @aiwork/telemetry)',
    )
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
  program.addCommand(openvinoCommand(program, done));
  program.addCommand(modelCommand(program, done));
  program.addCommand(benchCommand(program, done));

  program
    .command('graph')
    .summary('draw a flow')
    .description('Draw the flow that FILE exports, or a server serves, as Mermaid, SVG, JSON or TypeScript.')
    .argument('[file]', 'the module that exports the flow; none with --server')
    .option('-f, --flow <id>', 'which of several flows to draw')
    .addOption(serverOption())
    .addOption(tokenOption())
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

  program.hook('preAction', async (_, command) => {
    if (command.getOptionValue('server') === undefined) return;
    const { refuseTwoPlaces } = await import('./refuse-two-places.ts');
    refuseTwoPlaces(command);
  });
  addHelpCommands(program);
  return program;
}

function version(): string {
  const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
