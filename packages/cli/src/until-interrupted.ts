import process from 'node:process';
import { type ExitCode, exitCode } from './exit-code.ts';
import { onInterrupt } from './interrupts.ts';

/** Does work that the first Ctrl-C or SIGTERM aborts, and then says on stderr what became of it. */
export async function untilInterrupted(
  whenCancelled: string,
  work: (signal: AbortSignal) => Promise<ExitCode>,
): Promise<ExitCode> {
  const cancel = new AbortController();
  const release = onInterrupt(() => cancel.abort());
  try {
    return await work(cancel.signal);
  } catch (error) {
    if (!cancel.signal.aborted) throw error;
    process.stderr.write(`Cancelled; ${whenCancelled}.\n`);
    return exitCode.cancelled;
  } finally {
    release();
  }
}
