import { type Command, createCommand } from 'commander';

/**
 * Gives `command`, and all beneath it that have commands of their own, a `help` that takes the words of a command. The
 * parser's own takes one word, and answers an unknown one with the whole list.
 */
export function addHelpCommands(command: Command): void {
  if (command.commands.length === 0) return;
  for (const inner of command.commands) addHelpCommands(inner);
  command.helpCommand(false);
  command.addCommand(
    createCommand('help')
      .copyInheritedSettings(command)
      .helpOption(false)
      .summary('explain a command')
      .argument('[command...]', 'its name')
      .action(async (words: readonly string[]) => {
        const { namedCommand } = await import('./named-command.ts');
        namedCommand(command, words).outputHelp();
      }),
  );
}
