import { type Command, createCommand } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';

const installHelp = `${exitCodeHelp}
It comes from the package index that pip is set up with (PIP_INDEX_URL, pip.conf, else the public one), is compared with the
checksum there, and goes into the user's cache. Ctrl-C leaves what has come; the next install goes on from there.`;

const statusHelp = `${exitCodeHelp}
The first that can be used is used: what AIWORK_OPENVINO or INTEL_OPENVINO_DIR names, the package openvino of the Python on
PATH, a package of the system, what aiwork openvino install has fetched.`;

/** `aiwork openvino` and what it has beneath it. Each command's code is loaded when it runs. */
export function openvinoCommand(program: Command, done: (code: ExitCode) => void): Command {
  const openvino = createCommand('openvino')
    .copyInheritedSettings(program)
    .summary('fetch OpenVINO, and see what it runs on')
    .description('Fetch OpenVINO, which runs models, and see where it is. Needs @aiwork/openvino.')
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

  return openvino;
}
