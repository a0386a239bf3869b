import { type Command, createCommand, type Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { optionOrVariable, pageSize, serverOption, tokenOption } from './option-values.ts';

/** Where sessions are, for the commands that ask in them and look at them. */
export function sessionsOption(): Option {
  return optionOrVariable(
    '--sessions <file>',
    'the SQLite file sessions are kept in (default: one of yours)',
    'AIWORK_SESSIONS',
  );
}

/** `aiwork sessions` and what it has beneath it. Its code is loaded when it runs. */
export function sessionsCommand(program: Command, done: (code: ExitCode) => void): Command {
  const sessions = createCommand('sessions')
    .copyInheritedSettings(program)
    .summary('look at what was thought in sessions')
    .description('Look at the sessions of aiwork think, kept here or by a server. Needs @aiwork/thinking.')
    .addHelpText('after', exitCodeHelp);
  /** With the flags that say where sessions are kept, as all of them have. */
  const command = (name: string) =>
    sessions
      .command(name)
      .addOption(sessionsOption())
      .option('-m, --models <file>', 'a module whose plugins may keep sessions, instead of --sessions')
      .addOption(serverOption())
      .addOption(tokenOption());

  command('list')
    .summary('list sessions')
    .description('List sessions, the last one thought in first.')
    .option('-n, --limit <n>', 'how many at most, 1 to 1000', pageSize, 20)
    .option('--json', 'one line of JSON for each')
    .action(async (options) => {
      const { list } = await import('./commands/sessions.ts');
      done(await list(options));
    });

  command('show')
    .summary('show a session')
    .description('Show what was asked in a session, and the answers.')
    .argument('<session>', 'its id')
    .option('--json', 'each thought, with all that happened on the way, as a line of JSON')
    .action(async (id, options) => {
      const { show } = await import('./commands/sessions.ts');
      done(await show(id, options));
    });

  command('delete')
    .summary('forget a session')
    .description('Forget a session, with what was thought in it.')
    .argument('<session>', 'its id')
    .action(async (id, options) => {
      const { forget } = await import('./commands/sessions.ts');
      done(await forget(id, options));
    });

  return sessions;
}
