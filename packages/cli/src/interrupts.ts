import process from 'node:process';
import { exitCode } from './exit-code.ts';

/**
 * Calls `cancel` at the first Ctrl-C or SIGTERM, and ends the process at the second, until the returned function is
 * called.
 */
export function onInterrupt(cancel: (signal: NodeJS.Signals) => void): () => void {
  let interrupted = false;
  const listener = (signal: NodeJS.Signals) => {
    if (interrupted) process.exit(signal === 'SIGTERM' ? exitCode.terminated : exitCode.interrupted);
    interrupted = true;
    cancel(signal);
  };
  process.on('SIGINT', listener);
  process.on('SIGTERM', listener);
  return () => {
    process.off('SIGINT', listener);
    process.off('SIGTERM', listener);
  };
}
