import { type Command, createCommand, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import {
  collect,
  duration,
  optionOrVariable,
  portNumber,
  rate,
  stateOption,
  wholeNumber,
} from './option-values.ts';

const help = `${exitCodeHelp}
Who holds a key or a token may do what its scopes say, and sees its own runs. A key file has a line for each key, as
aiwork keys new writes them; a change of it counts at once.

Ctrl-C or SIGTERM takes no more work, answers what came and finishes what queues brought; other runs are left where they
are, and go on with the next worker. A second one quits at once.`;

/** `aiwork serve`. Its code is loaded when it runs. */
export function serveCommand(program: Command, done: (code: ExitCode) => void): Command {
  return createCommand('serve')
    .copyInheritedSettings(program)
    .summary('serve flows over HTTP')
    .description(
      'Serve the flows, tasks, tools and agents that FILEs export, and embedding models, over HTTP, and work on runs that nobody works on. Needs @aiwork/server.',
    )
    .argument(
      '[files...]',
      'the modules that export them, and the plugins that say where runs and queues are',
    )
    .option('-f, --flow <id>', 'serve only this export; may be given several times', collect)
    .addOption(stateOption('keep runs in this SQLite file (default: in memory only)'))
    .addOption(optionOrVariable('--host <host>', 'the address to listen on', 'HOST').default('127.0.0.1'))
    .addOption(
      optionOrVariable('-p, --port <port>', 'the port to listen on, 0 for one that is free', 'PORT')
        .argParser(portNumber)
        .default(8080),
    )
    .addOption(optionOrVariable('--api-keys <file>', 'let in who has a key of this file', 'AIWORK_API_KEYS'))
    .addOption(
      optionOrVariable(
        '--jwks <url>',
        'let in who has a token (JWT) signed with a key shown there',
        'AIWORK_JWKS',
      ),
    )
    .addOption(optionOrVariable('--issuer <url>', 'what iss of tokens has to be', 'AIWORK_ISSUER'))
    .addOption(optionOrVariable('--audience <name>', 'what aud of tokens has to be', 'AIWORK_AUDIENCE'))
    .option('--open', 'let everybody in, also from other machines')
    .option('--cors <origin>', 'let pages of this origin ask; may be given several times', collect)
    .option(
      '--rate-limit <n/time>',
      'how many requests each may make, as in 600/1m (default: any number)',
      rate,
    )
    .option(
      '--trust-proxy <address>',
      'believe X-Forwarded-For of this address or network; may be given several times',
      collect,
    )
    .addOption(optionOrVariable('--tls-cert <file>', 'serve https: with this certificate', 'AIWORK_TLS_CERT'))
    .addOption(optionOrVariable('--tls-key <file>', 'and its key', 'AIWORK_TLS_KEY'))
    .addOption(
      optionOrVariable('--audit <file>', 'write down who did what, a line of JSON each', 'AIWORK_AUDIT'),
    )
    .option(
      '--telemetry',
      'show metrics at /metrics, and send what OTEL_… variables say (needs @aiwork/telemetry)',
    )
    .option(
      '-m, --model <name=file>',
      'serve this embedding model, too, as aiwork model convert writes them; may be given several times (needs @aiwork/embeddings)',
      collect,
    )
    .addOption(
      new Option('--runtime <engine>', 'what runs the models (needs its package)')
        .choices(['onnxruntime', 'openvino'])
        .default('onnxruntime'),
    )
    .option('--mcp', 'answer MCP clients, too, at /mcp (needs @aiwork/mcp)')
    .option(
      '--think',
      'take questions at POST /think, with a page at /think, for a thinkTask of FILEs (needs @aiwork/thinking)',
    )
    .option('--no-worker', 'only do what requests ask for: leave schedules and left runs to workers')
    .option('-q, --queue <name>', 'take work from this queue, too; may be given several times', collect)
    .option(
      '-g, --group <name>',
      'share the work of a queue with the workers of this group (default: aiwork)',
    )
    .option('-c, --concurrency <n>', 'how many runs of others at once (default: 16)', wholeNumber)
    .option('--name <name>', 'what journals call this process (default: machine and process id)')
    .option('--max-wait <time>', 'how long a request may wait for the end of a run (default: 60s)', duration)
    .option(
      '--drain <time>',
      'how long clients may take for their answers at the end (default: 10s)',
      duration,
    )
    .addOption(
      optionOrVariable('--log <form>', 'lines for people, or JSON for machines', 'AIWORK_LOG')
        .choices(['pretty', 'json'])
        .default('pretty'),
    )
    .addHelpText('after', help)
    .action(async (files, _, command: Command) => {
      const { serve } = await import('./commands/serve.ts');
      done(await serve(files, command.optsWithGlobals()));
    });
}

/** `aiwork keys` and what it has beneath it. */
export function keysCommand(program: Command, done: (code: ExitCode) => void): Command {
  const keys = createCommand('keys')
    .copyInheritedSettings(program)
    .summary('make keys for who is let in by aiwork serve')
    .description('Make keys for who is let in by aiwork serve. Needs @aiwork/server.')
    .addHelpText('after', exitCodeHelp);
  keys
    .command('new')
    .summary('make a key')
    .description('Make a key, print it once, and add its hash to FILE.')
    .argument('<file>', 'the key file; made when it is not there')
    .argument('<id>', 'whose key it is: who has several has them under one id')
    .addOption(
      new Option(
        '--scope <scope>',
        'what it may do, as UNIT:ACTION: read, execute, control, * for all; may be given several times',
      )
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('--json', 'the key and the line of the file, as a line of JSON')
    .action(async (file, id, options) => {
      const { keysNew } = await import('./commands/keys-new.ts');
      done(await keysNew(file, id, options));
    });
  return keys;
}
