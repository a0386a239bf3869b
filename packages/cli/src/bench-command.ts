import { type Command, createCommand, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { collect, duration, wholeNumber } from './option-values.ts';

const help = `${exitCodeHelp}
Each combination of what is named is measured in a process of its own, one after the other. Inputs are made up: floats from 0
to 1, integers that are 1 (0 for types of tokens), as large as --batch and --size say.
Latency is that of one inference at a time; the rate is with several under way. Runtimes are @aiwork/onnxruntime and
@aiwork/openvino, those that are installed.`;

/** `aiwork bench` and what it has beneath it. Each command's code is loaded when it runs. */
export function benchCommand(program: Command, done: (code: ExitCode) => void): Command {
  const bench = createCommand('bench')
    .copyInheritedSettings(program)
    .summary('measure models on this machine')
    .description('Measure how fast models are on this machine, and the machine itself.')
    .addHelpText('after', exitCodeHelp);

  bench
    .command('model')
    .summary('measure load, latency, throughput and memory of a model')
    .description(
      'Measure the model in FILE on this machine: time to load, latency, inferences a second and memory, for each runtime, device, precision, number of threads and batch that is named. All but FILE may be given several times.',
    )
    .argument('<file>', 'a model that the runtime loads, such as an ONNX file')
    .addOption(
      new Option('-r, --runtime <name>', 'which engine (default: those that are installed)')
        .choices(['onnxruntime', 'openvino'])
        .argParser(collectChoice(['onnxruntime', 'openvino'])),
    )
    .option('-d, --device <id>', 'what to run on (default: what the runtime takes first)', collect)
    .addOption(
      new Option(
        '-p, --precision <precision>',
        'what to compute in (default: what the model says)',
      ).argParser(collectChoice(['fp32', 'fp16', 'bf16', 'int8'])),
    )
    .option(
      '-t, --threads <n>',
      'threads of one inference (default: as many as there are processors)',
      collectNumber,
    )
    .option('-b, --batch <n>', 'the size of the first dimension that varies (default: 1)', collectNumber)
    .option('--size <name=n>', 'the size of another dimension that varies (default: 128)', collectSize)
    .option('--time <time>', 'how long to infer for each figure (default: 2s)', duration)
    .option('--no-machine', 'leave out what the machine itself can do')
    .option('--json', 'everything as a line of JSON')
    .addHelpText('after', help)
    .action(async (file, options) => {
      const { benchModel } = await import('./commands/bench-model.ts');
      done(await benchModel(file, options));
    });
  return bench;
}

function collectNumber(given: string, before: readonly number[] = []): readonly number[] {
  return [...before, wholeNumber(given)];
}

const collectChoice =
  (choices: readonly string[]) =>
  (given: string, before: readonly string[] = []): readonly string[] => {
    if (choices.includes(given)) return [...before, given];
    throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
  };

/** `sequence=128`. */
function collectSize(
  given: string,
  before: Readonly<Record<string, number>> = {},
): Readonly<Record<string, number>> {
  const [, name, size] = /^(.+)=(\d+)$/.exec(given) ?? [];
  if (name === undefined || size === undefined) {
    throw new InvalidArgumentError('Give a dimension and its size, as in sequence=128.');
  }
  return { ...before, [name]: Number(size) };
}
