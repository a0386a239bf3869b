import type { Terminal } from './terminal.ts';

/** One word that `aiwork-contract` understands. */
export interface CommandDefinition {
  readonly name: string;
  /** What follows the name. */
  readonly usage: string;
  /** What it does, in one line. */
  readonly summary: string;
  /** What else there is to know, its options among it. */
  readonly details: string;
  /** Gives the exit code. @throws `AIWORK_USAGE` for arguments that make no sense. */
  run(args: readonly string[], terminal: Terminal): Promise<number>;
}
