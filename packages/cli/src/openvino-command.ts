import { type Command, createCommand, InvalidArgumentError, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';

const installHelp = `${exitCodeHelp}
It comes from the package index that pip is set up with (PIP_INDEX_URL, pip.conf, else the public one), is compared with the
checksum there, and goes into the user's cache. Ctrl-C leaves what has come; the next install goes on from there.`;

const statusHelp = `${exitCodeHelp}
The first that can be used is used: what AIWORK_OPENVINO or INTEL_OPENVINO_DIR names, the package openvino of the Python on
PATH, a package of the system, what aiwork openvino install has fetched.`;

const quantizeHelp = `${exitCodeHelp}
FILE has a sample a line, as JSON: {"input": [[1, 2, 3]], …}, ten at least and better some hundreds. Every fifth is kept for
the check: how far the outputs are from the original's, as a part of their length. A model that is further off than
--max-drop is thrown away. The first time, NNCF and what it needs go into a Python environment in the user's cache, some
500 MB; AIWORK_PYTHON names another Python than the one on PATH.`;

/** `aiwork openvino` and what it has beneath it. Each command's code is loaded when it runs. */
export function openvinoCommand(program: Command, done: (code: ExitCode) => void): Command {
  const openvino = createCommand('openvino')
    .copyInheritedSettings(program)
    .summary('fetch OpenVINO, see what it runs on, make models smaller')
    .description(
      'Fetch OpenVINO, which runs models, see where it is, and make models of 8-bit integers for it. Needs @aiwork/openvino.',
    )
    .addHelpText('after', exitCodeHelp);

  openvino
    .command('install')
    .summary('fetch OpenVINO into the cache')
    .description('Fetch the libraries of OpenVINO, some 60 MB, without Python.')
    .argument('[version]', 'such as 2026.4.1 (default: the newest that is known to work)')
    .option('--force', 'fetch it anew when it is there already')
    .option('--json', 'what is there now, as a line of JSON')
    .addHelpText('after', installHelp)
    .action(async (version, options) => {
      const { openvinoInstall } = await import('./commands/openvino-install.ts');
      done(await openvinoInstall(version, options));
    });

  openvino
    .command('status')
    .summary('show where OpenVINO is, and its devices')
    .description('Show each OpenVINO that is on this machine, which of them is used, and what it runs on.')
    .option('--json', 'the same as a line of JSON')
    .addHelpText('after', statusHelp)
    .action(async (options) => {
      const { openvinoStatus } = await import('./commands/openvino-status.ts');
      done(await openvinoStatus(options));
    });

  openvino
    .command('quantize')
    .summary('make a model of 8-bit integers')
    .description(
      'Make a model of 8-bit integers of MODEL (ONNX, IR, TensorFlow or TFLite), and check what it loses by it.',
    )
    .argument('<model>', 'the file of the model')
    .addOption(new Option('--calibration <file>', 'samples to fit and check it with').makeOptionMandatory())
    .option('--max-drop <number>', 'how far off its outputs may be, as a part of their length', share, 0.1)
    .addOption(
      new Option('--mode <mode>', 'what becomes integers: all, which is faster, or the weights alone')
        .choices(['full', 'weights'])
        .default('full'),
    )
    .option('--transformer', 'treat it as one, with care for attention')
    .option('-o, --out <file>', 'the .xml file to write (default: beside the model, as NAME.int8.xml)')
    .option('--json', 'what was made, as a line of JSON')
    .addHelpText('after', quantizeHelp)
    .action(async (model, options) => {
      const { openvinoQuantize } = await import('./commands/openvino-quantize.ts');
      done(await openvinoQuantize(model, options));
    });

  return openvino;
}

function share(given: string): number {
  const number = Number(given);
  if (given.trim() !== '' && Number.isFinite(number) && number >= 0) return number;
  throw new InvalidArgumentError('Give a number of 0 or more.');
}
