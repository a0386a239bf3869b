import { type Command, createCommand } from 'commander';
import type { ExitCode } from './exit-code.ts';

const help = `
The exporter is a plugin of FILE, or the package @aiwork/TARGET, which is to be installed beside @aiwork/core.
All other flags are options of the exporter, and its README says which there are:
  --owner data-team --max-active-tasks 4 --runner.kind docker --runner.image flows:1 --env A --env B
Values are JSON where they are that, and texts elsewhere; a flag that is given several times makes a list.

Exit codes:
  0    done; with --check, all files are up to date
  1    the flow cannot be exported; with --check, a file is missing or out of date
  2    the command line was wrong: target, file, flow, or an option that the exporter does not know
`;

/** `aiwork export`. Its code is loaded when it runs. */
export function exportCommand(program: Command, done: (code: ExitCode) => void): Command {
  return createCommand('export')
    .copyInheritedSettings(program)
    .summary('write a flow as files of another system')
    .description('Write the flow that FILE exports as files of another system, such as airflow.')
    .argument('<target>', 'the system')
    .argument('<file>', 'the module that exports the flow')
    .argument('[options...]', 'flags for the exporter')
    .allowUnknownOption()
    .option('-f, --flow <id>', 'which of several flows')
    .option('-o, --out <dir>', 'write to this folder what has changed, instead of a file to standard output')
    .option('--check', 'write nothing; say whether the files in --out are up to date')
    .option('--approximate', 'write what comes nearest where something cannot be carried over')
    .addHelpText('after', help)
    .action(async (target, file, words, options) => {
      const { exportFlow } = await import('./commands/export.ts');
      done(await exportFlow(target, file, words, options));
    });
}
