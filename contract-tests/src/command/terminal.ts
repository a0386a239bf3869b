/** Where text goes. */
export interface Output {
  write(text: string): unknown;
  /** Whether lines can be taken back. */
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What a command has around it. */
export interface Terminal {
  /** What was found. */
  readonly stdout: Output;
  /** How it is going. */
  readonly stderr: Output;
  /** Aborted with an {@link Interruption} when the command has to end. */
  readonly signal: AbortSignal;
}

/** Why a command ends before it is done, and its exit code. */
export class Interruption extends Error {
  override readonly name = 'Interruption';
  readonly exitCode: number;

  constructor(message: string, exitCode: number) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function printLine(output: Output, text: string): void {
  output.write(`${text}\n`);
}
