import process from 'node:process';
import { setImmediate } from 'node:timers/promises';
import { command } from './command.ts';
import { describeError } from './describe-error.ts';
import { brokenExitCode } from './exit-codes.ts';
import { Interruption } from './terminal.ts';

/** How long closing may take once the command has to end. */
const graceMs = 10_000;

const endings = [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const;

/** Runs the command line of this process, and ends it with its exit code. */
export async function runProcess(): Promise<void> {
  const controller = new AbortController();
  let interruption: Interruption | undefined;

  /** The first asks for an end in order, the second gets one at once. */
  function end(message: string, exitCode: number): void {
    if (interruption) process.exit(exitCode);
    interruption = new Interruption(message, exitCode);
    controller.abort(interruption);
    setTimeout(() => {
      process.stderr.write(`not everything was closed within ${graceMs} ms: ended without it\n`);
      process.exit(exitCode);
    }, graceMs);
  }

  for (const [signal, exitCode] of endings) {
    process.on(signal, () => {
      if (!interruption) {
        process.stderr.write('\ninterrupted: closing what is open; once more ends at once\n');
      }
      end('interrupted: nothing was decided', exitCode);
    });
  }

  process.on('uncaughtException', (error) => {
    process.stderr.write(`\nan error that nobody caught, which ends a process: ${describeError(error)}\n`);
    // The next one may come while things are being closed.
    if (!interruption) end('given up: the adapter, or what it uses, let an error out', brokenExitCode);
  });

  for (const stream of [process.stdout, process.stderr]) {
    // A reader that has seen enough, as in `| head`, is no error.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }

  const { stdout, stderr } = process;
  const exitCode = await command(process.argv.slice(2), { stdout, stderr, signal: controller.signal });
  // What the last check left for the next turn may still be an error that gets out.
  await setImmediate();
  // Not by itself: a broken adapter may have left something open that would keep the process.
  process.stdout.write('', () => process.exit(interruption?.exitCode ?? exitCode));
}
