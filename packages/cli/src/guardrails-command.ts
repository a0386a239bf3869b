import { type Command, createCommand, Option } from 'commander';
import { type ExitCode, exitCodeHelp } from './exit-code.ts';
import { collect, serverOption, stateOption, tokenOption } from './option-values.ts';

const help = `${exitCodeHelp}
Here 1 also says that a decision differs, or cannot be made again because its text is gone.

POLICY is YAML or JSON as guardrailPolicy reads it, or a module (.ts, .mts, .js or .mjs) with a list of guardrails as its
export "guardrails". Nothing is written, and no model and no tool of the run is called; guardrails that ask a model or a
service themselves ask it anew. Sub-flows have runs of their own.

  =  the same     ≠  decides otherwise     ?  the text is gone
  (after): an earlier decision of the step differs, so that the run might never have come to this text`;

/** `aiwork guardrails` and what it has beneath it. Its code is loaded when it runs. */
export function guardrailsCommand(program: Command, done: (code: ExitCode) => void): Command {
  const guardrails = createCommand('guardrails')
    .copyInheritedSettings(program)
    .summary('replay what guardrails decided')
    .description('Look again at what guardrails decided in kept runs. Needs @aiwork/guardrails.')
    .addHelpText('after', exitCodeHelp);

  guardrails
    .command('replay')
    .summary('let guardrails of today decide on the texts of old runs')
    .description(
      'Show the guardrails of a policy the texts that the guardrails of a run saw, and compare what they decide with what was decided. Needs @aiwork/guardrails.',
    )
    .argument('<policy>', 'the guardrails that decide now')
    .addOption(
      new Option('-r, --run <id>', 'the run; may be given several times')
        .argParser(collect)
        .makeOptionMandatory(),
    )
    .option('-a, --agent <id>', 'only texts of this agent; may be given several times', collect)
    .addOption(stateOption('the SQLite file runs are kept in'))
    .option('--file <file>', 'a flow file whose plugins say where runs are kept, instead of --state')
    .addOption(serverOption())
    .addOption(tokenOption())
    .option('--texts', 'show what each guardrail is shown, too')
    .option('--json', 'a line of JSON for each decision, and one for each run')
    .addHelpText('after', help)
    .action(async (policy, options) => {
      const { guardrailsReplay } = await import('./commands/guardrails-replay.ts');
      done(await guardrailsReplay(policy, options));
    });

  return guardrails;
}
