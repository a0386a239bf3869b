import { type Command, createCommand } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { serverOption, stateOption, tokenOption } from './option-values.ts';
import { sessionsOption } from './sessions-command.ts';
import { askedBudget } from './think/asked-budget.ts';

const help = `${exitCodeHelp}
FILE exports the plugin of a chat model, as in:
  export const aiwork = { plugins: [openaiPlugin({ model: '…' })] };

Strategies: judged-vote (default), self-consistency, adaptive-refinement, best-of, refinement, self-refine,
tree-of-thoughts, debate, sampling. Ctrl-C cancels: every call that is on its way is aborted.`;

/** `aiwork think`. Its code is loaded when it runs. */
export function thinkCommand(program: Command, done: (code: ExitCode) => void): Command {
  return createCommand('think')
    .copyInheritedSettings(program)
    .summary('have a model think about a question')
    .description(
      'Have a chat model think about QUESTION: several answers, weighed against each other, within a budget. Shows the tree while it grows, and prints the answer. Needs @aiwork/thinking.',
    )
    .argument('<question>', 'what to think about')
    .option('-m, --models <file>', 'the module that exports the plugin of a chat model')
    .option('--model <name>', 'which of several chat models (default: the default one)')
    .option('--strategy <name>', 'how to think (default: judged-vote)')
    .option(
      '-b, --budget <limits>',
      'tokens, calls, time and US dollars at most, as in 20000,12calls,30s,0.05usd',
      askedBudget,
    )
    .option('--session <id>', 'ask in this session, after what was said in it; made when it is not there')
    .option('--continue', 'ask in the session that was thought in last')
    .addOption(sessionsOption())
    .addOption(stateOption('keep the run in this SQLite file (default: in memory only)'))
    .addOption(serverOption())
    .addOption(tokenOption())
    .option('--json', 'print each event, then the result, as a line of JSON')
    .addHelpText('after', help)
    .action(async (question, _, command: Command) => {
      const { think } = await import('./commands/think.ts');
      done(await think(question, command.optsWithGlobals()));
    });
}
