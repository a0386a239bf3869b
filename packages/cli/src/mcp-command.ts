import { type Command, createCommand } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { collect, duration, stateOption } from './option-values.ts';

const help = `${exitCodeHelp}
A client starts this command itself, and speaks with it over its standard input and output. What the flows print goes to
standard error. It ends when the client has gone, at Ctrl-C or at SIGTERM; runs that are not over are left where they are,
and with --state they go on when it is started again.`;

/** `aiwork mcp`. Its code is loaded when it runs. */
export function mcpCommand(program: Command, done: (code: ExitCode) => void): Command {
  return createCommand('mcp')
    .copyInheritedSettings(program)
    .summary('serve flows as tools to an MCP client')
    .description(
      'Serve the flows, tasks, tools and agents that FILEs export as tools to a client of the Model Context Protocol, such as an editor or a chat program. Needs @aiwork/mcp.',
    )
    .argument('<files...>', 'the modules that export them, and the plugins that say where runs are')
    .option('-f, --flow <id>', 'serve only this export; may be given several times', collect)
    .addOption(stateOption('keep runs in this SQLite file (default: in memory only)'))
    .option('--name <name>', 'what clients call this server (default: aiwork)')
    .option('--max-wait <time>', 'how long a call may wait for the end of its run (default: 50s)', duration)
    .addHelpText('after', help)
    .action(async (files, _, command: Command) => {
      const { mcp } = await import('./commands/mcp.ts');
      done(await mcp(files, command.optsWithGlobals()));
    });
}
