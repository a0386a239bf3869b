import type { Command } from 'commander';
import { UsageError } from './usage-error.ts';

/** Flags that say where runs or sessions are, as `--server` does. Their variables only stand in where no flag does. */
const others = ['state', 'file', 'sessions'];

/** @throws `AIWORK_USAGE` when another place was given beside `--server`: one of them would be ignored. */
export function refuseTwoPlaces(command: Command): void {
  const other = others.find((name) => command.getOptionValueSource(name) === 'cli');
  if (other === undefined) return;
  throw new UsageError(`--server and --${other} both say where to look: give one of them`);
}
